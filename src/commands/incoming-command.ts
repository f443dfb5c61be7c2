/** Something that a person wrote to us on X, before anybody has looked at what it means. */
export interface IncomingCommand {
  /** `post:<first id of its edit history>` or `dm:<id of the event>`: the same words are the same command. */
  readonly id: string;
  readonly source: 'post' | 'dm';
  /** The version that was read; a reply answers this one. For a direct message its event id. */
  readonly latestId: string;
  /** Numeric id of the author: it outlives a change of name. */
  readonly authorId: string;
  /** The author's handle as of now, without `@`. */
  readonly authorName: string;
  readonly text: string;
  /** When it was written, in milliseconds since the epoch. */
  readonly postedAtMs: number;
}
