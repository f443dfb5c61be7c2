import { randomBytes } from 'node:crypto';

/**
 * The origin of the session descriptions that one side of a call gets to see (RFC 4566 §5.2). They come
 * from different places, ourselves first and the other phone later, but to this phone they are one
 * session: the same origin in each, with a version that rises by one when anything else has
 * changed (RFC 3264 §8; RFC 3725 §4.4: "offer2'").
 */
export class SessionOrigin {
  readonly #id = randomBytes(4).readUInt32BE().toString();
  #version = 0;
  #last: string | undefined;

  /** The description with this origin in place of its own; '' stays ''. */
  own(description: string): string {
    if (description === '') return '';
    if (this.#last !== undefined && this.#last !== withOrigin(description, '')) this.#version += 1;
    this.#last = withOrigin(description, '');
    return withOrigin(description, `o=sipweet ${this.#id} ${this.#version} IN IP4 127.0.0.1`);
  }
}

/** Replaces the first `o=` line, whatever ends the lines; the field is mandatory. */
function withOrigin(description: string, line: string): string {
  return description.replace(/(^|\n)o=[^\r\n]*/, (_whole, before: string) => before + line);
}
