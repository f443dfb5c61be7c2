/** A slot and a hash as a branch has them, in base 36. Run with `node --import tsx bench/base/base36.bench.ts`. */
import { base36 } from '../../src/base/base36.ts';
import { isGate, measure } from '../measure.ts';

const HASH = 0xdead_beef;

measure('base36/slot and hash', (round) => base36(round & 0x3ffff).length + base36(HASH - (round & 0xff)).length);
if (!isGate) measure('base36/the same with toString', (round) => (round & 0x3ffff).toString(36).length + (HASH - (round & 0xff)).toString(36).length);
