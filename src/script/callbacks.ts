/** Names of the functions that the script wants to be called for a transaction, '' for none (KEMI `t_on_branch` and its kin). */
export class Callbacks {
  branch = '';
  reply = '';
  /** Disarmed before it runs, like that of a branch: the script names it again for the next attempt. */
  failure = '';
  branchFailure = '';
}
