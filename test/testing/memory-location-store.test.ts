import { MemoryLocationStore } from '../../src/testing/memory-location-store.ts';
import { locationStoreConformance } from '../registrar/location-store.conformance.ts';

locationStoreConformance('MemoryLocationStore', async () => new MemoryLocationStore());
