import type { Random } from '../random.ts'
import type { Shape } from '../shape.ts'
import type { Subject } from '../vocabulary.ts'
import * as beasts from './beasts.ts'
import * as buildings from './buildings.ts'
import * as companions from './companions.ts'
import * as nature from './nature.ts'
import * as objects from './objects.ts'
import * as people from './people.ts'
import * as vehicles from './vehicles.ts'
import * as winged from './winged.ts'

/** Draws one subject in a box from −100 to 100 both ways, standing on y = 100; y grows downwards. */
export type Figure = (random: Random) => Shape[]

/** Every subject of the vocabulary, by name. */
export const CAST: Readonly<Record<Subject, Figure>> = {
  ...beasts,
  ...buildings,
  ...companions,
  ...nature,
  ...objects,
  ...people,
  ...vehicles,
  ...winged,
}

/** Subjects that hang in the air unless the scene is under water. */
export const AIRBORNE: ReadonlySet<Subject> = new Set([
  'bird',
  'butterfly',
  'balloon',
  'airplane',
  'ufo',
  'rocket',
  'jellyfish',
])

/** Subjects that lie in the water where the setting has some, and how high on the figure it reaches (its y). */
export const AFLOAT: ReadonlyMap<Subject, number> = new Map([
  ['ship', 84],
  ['whale', 62],
  ['submarine', 50],
  ['fish', 34],
  ['octopus', 48],
  ['turtle', 62],
])
