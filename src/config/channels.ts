import { optionalLine } from './option.ts';
import { urlOf } from './notations.ts';
import { section } from './section.ts';

export const CHANNELS = section('Where messages go that X does not take.', {
  webhookUrl: optionalLine({
    ...urlOf(['https', 'http']),
    doc: 'Address that gets such messages as a signed POST (Standard Webhooks).',
    defaultText: 'no webhook',
  }),
});
