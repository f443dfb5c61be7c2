import { AppError } from '../../../base/errors.ts';

/** A script is good Lua, and uses something that only the interpreter has. */
export class DeclinedScript extends AppError {
  /** What that is, with file and line. */
  readonly reason: string;

  constructor(reason: string) {
    super('script.load', `Cannot load the script: ${reason}; only the interpreter runs that`);
    this.reason = reason;
  }
}
