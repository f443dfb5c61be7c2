/** Where fengari's library and ours differ on purpose: the one list of it. Both are as in Lua 5.3 elsewhere. */

interface TextDifference {
  readonly fengari: string;
  readonly ours: string;
  readonly because: string;
}

/** Error texts that are compared as if they were ours. */
export const TEXT_DIFFERENCES: readonly TextDifference[] = [
  {
    fengari: "malformed pattern (missing arguments to '%b'",
    ours: "malformed pattern (missing arguments to '%b')",
    because: 'fengari 0.1.5 leaves the bracket out, Lua 5.3 has it',
  },
];
