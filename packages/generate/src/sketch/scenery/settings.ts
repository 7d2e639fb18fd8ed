import type { Setting } from '../vocabulary.ts'
import * as dwellings from './dwellings.ts'
import * as green from './green.ts'
import * as grounds from './grounds.ts'
import * as heavens from './heavens.ts'
import * as rock from './rock.ts'
import type { SettingPainter } from './stage.ts'
import * as water from './water.ts'

/** Every setting of the vocabulary, by name. */
export const SETTING_PAINTERS: Readonly<Record<Setting, SettingPainter>> = {
  ...dwellings,
  ...green,
  ...grounds,
  ...heavens,
  ...rock,
  ...water,
}
