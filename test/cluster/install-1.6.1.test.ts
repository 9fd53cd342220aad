import { plainAndFull, testInstalls } from './releases.ts';

await testInstalls('1.6.1', 'v1beta1', plainAndFull);
