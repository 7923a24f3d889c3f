/** What a derived key is good for: one day, one region, one service. */
export interface Scope {
  /** `yyyyMMdd` in UTC. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** Last part of every scope. */
export const TERMINATOR = 'aws4_request';

/** As it stands in the credential and in the signed text. No part holds a slash. */
export function scopeText({ date, region, service }: Scope): string {
  return `${date}/${region}/${service}/${TERMINATOR}`;
}
