import { MemoryMessageStore } from '../../src/testing/memory-message-store.ts';
import { MAX_PER_USER, messageStoreConformance } from '../script/message-store.conformance.ts';

messageStoreConformance('MemoryMessageStore', () => Promise.resolve(new MemoryMessageStore({ maxPerUser: MAX_PER_USER })));
