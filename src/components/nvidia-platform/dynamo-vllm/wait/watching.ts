/** The live wait of this component: what to watch, and what is made of everything that is seen. */

import type { Awaited, Outlook, Sight, Watching } from '../../../../core/sight.ts';
import { inspectCrashes } from './crashes.ts';
import { inspectCreations } from './creations.ts';
import { type Diagnosis, type Inspector, type Judged, judge } from './diagnosis.ts';
import { doneness } from './done.ts';
import { downloadOf } from './download.ts';
import { inspectDownloads } from './downloads.ts';
import { inspectGraph } from './graph-state.ts';
import { lastWordOn } from './last-word.ts';
import { limitSecondsFor } from './limit.ts';
import { logsWanted } from './logs.ts';
import { inspectLosses } from './pods-lost.ts';
import { inspectPulling } from './pulling.ts';
import { rowsOf } from './rows.ts';
import { type Scene, sceneOf } from './scene.ts';
import { inspectScheduling } from './scheduling.ts';
import { inspectBlocked } from './starts-blocked.ts';
import { inspectWaiters } from './waiters.ts';
import { watchesFor } from './watches.ts';

/** In this order causes are shown: what happened to the pods themselves before what only follows from it. */
const inspectors: readonly Inspector[] = [
  inspectDownloads,
  inspectLosses,
  inspectPulling,
  inspectBlocked,
  inspectCrashes,
  inspectScheduling,
  inspectCreations,
  inspectWaiters,
  inspectGraph,
];

const diagnosesOf = (scene: Scene): Diagnosis[] => inspectors.flatMap(inspect => [...inspect(scene)]);

const earliest = (...times: readonly (number | null)[]): number | null => {
  const known = times.filter(time => time !== null);
  return known.length === 0 ? null : Math.min(...known);
};

const silent: Judged = { hopeless: [], notices: [], evidence: [], next: null };

const outlookOn = (scene: Scene): Outlook => {
  const { done, at } = doneness(scene);
  const { hopeless, notices, evidence, next } = done ? silent : judge(diagnosesOf(scene), scene.sight.now);
  return {
    done,
    rows: rowsOf(scene),
    download: downloadOf(scene),
    notices,
    hopeless,
    evidence,
    logs: done ? [] : logsWanted(scene),
    lookAgainAt: done ? null : earliest(at, next),
  };
};

const outlook = (awaited: Awaited, sight: Sight): Outlook => outlookOn(sceneOf(awaited, sight));

const lastWord = (awaited: Awaited, sight: Sight) => {
  const scene = sceneOf(awaited, sight);
  const { hopeless, notices } = judge(diagnosesOf(scene), sight.now);
  return hopeless.length > 0 ? hopeless : lastWordOn(scene, rowsOf(scene), notices);
};

export const watching: Watching = {
  watches: watchesFor,
  outlook,
  limitSeconds: limitSecondsFor,
  lastWord,
};
