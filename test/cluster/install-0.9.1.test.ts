import { cases, testInstalls } from './releases.ts';

await testInstalls('0.9.1', 'v1alpha1', cases);
