/** Why a request was not signed. */
export type SigningErrorCode =
  /** The key is not private, too weak, or not of its algorithm. */
  | 'bad_key'
  /** The URL or a header cannot be sent. */
  | 'bad_request'
  /** A stream, form data or the like: what is signed must be there as a whole. */
  | 'unsupported_body'
  /** A signature holds for one target only. */
  | 'unsupported_redirect'
  /** The scheme has no signer, or cannot sign this request. */
  | 'cannot_sign';

/** The one error of the client. Its message says what to do and never repeats a key. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
  readonly code: SigningErrorCode;

  constructor(code: SigningErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
