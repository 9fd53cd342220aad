import { plainAndFull, testInstalls } from './releases.ts';

await testInstalls('0.8.1', 'v1alpha1', plainAndFull);
