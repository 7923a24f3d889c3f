/** What a sender knows of a message besides its body. */
export interface WebhookStamp {
  /** No full stop in it: with digits behind, one text has one reading. */
  readonly id: string;
  /** Unix seconds as typed. */
  readonly timestamp: string;
}

/** The text that is signed: id, time and the very bytes of the body, full stops between. */
export function signedBytes({ id, timestamp }: WebhookStamp, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${id}.${timestamp}.`, 'latin1'), body]);
}

const ID = /^[\x21-\x2d\x2f-\x7e]{1,128}$/;

/** Visible ASCII without a full stop, or where the id ends could be read in two ways (Standard Webhooks, "Signature scheme"). */
export function isWebhookId(text: string): boolean {
  return ID.test(text);
}
