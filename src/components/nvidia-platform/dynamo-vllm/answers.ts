/** Every setting of this component, once: prompt, flag, answers-file key, help line, config.json key and JSON schema come from here. */

import type { SettingTable } from '../../../core/schema.ts';
import { askedSettings } from './asked.ts';
import { unaskedSettings } from './unasked.ts';

export const settingTable = { ...askedSettings, ...unaskedSettings } as const satisfies SettingTable;
