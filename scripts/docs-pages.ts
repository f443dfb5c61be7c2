import { configPage } from '../src/config/page.ts';
import { countersPage } from './docs-counters.ts';
import { errorsPage } from './docs-errors.ts';
import { kamailioPage } from './docs-kamailio.ts';
import { ksrPage } from './docs-ksr.ts';
import { performancePage } from './docs-performance.ts';
import { pseudoVariablesPage } from './docs-pseudo-variables.ts';
import { rfcMapPage } from './docs-rfc-map.ts';

/** The pages that are made from the code or from what was measured, whole or in part, and what makes each. Run from the root of the repository. */
export const PAGES: ReadonlyMap<string, () => string> = new Map([
  ['docs/config.md', configPage],
  ['docs/counters.md', countersPage],
  ['docs/errors.md', errorsPage],
  ['docs/kamailio.md', kamailioPage],
  ['docs/ksr.md', ksrPage],
  ['docs/performance.md', performancePage],
  ['docs/pseudo-variables.md', pseudoVariablesPage],
  ['docs/rfc-map.md', rfcMapPage],
]);
