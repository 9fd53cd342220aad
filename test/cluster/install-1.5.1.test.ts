import { cases, testInstalls } from './releases.ts';

await testInstalls('1.5.1', 'v1beta1', cases);
