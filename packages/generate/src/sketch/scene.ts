import type { Interpretation } from './interpretation.ts'
import type { Random } from './random.ts'
import type { Composition, Palette, Setting, Style, Subject, Time, Weather } from './vocabulary.ts'

/** Everything that decides a picture besides its size and the random numbers. */
export interface Scene {
  /** Absent where the prompt names none: then the setting is the picture. */
  readonly subject?: Subject
  readonly setting: Setting
  readonly time: Time
  readonly weather?: Weather
  /** Absent: natural colours. */
  readonly palette?: Palette
  /** Absent: nearly in the middle, of medium size. */
  readonly composition?: Composition
  readonly style: Style
}

/** Where a subject is at home, for prompts that don't say. */
const HABITATS: Partial<Readonly<Record<Subject, Setting>>> = {
  whale: 'sea',
  ship: 'sea',
  submarine: 'underwater',
  fish: 'underwater',
  octopus: 'underwater',
  jellyfish: 'underwater',
  turtle: 'beach',
  penguin: 'snow',
  snowman: 'snow',
  astronaut: 'moonscape',
  rocket: 'space',
  ufo: 'space',
  cactus: 'desert',
  pyramid: 'desert',
  skyscraper: 'city',
  car: 'city',
  airplane: 'clouds',
  balloon: 'mountains',
  tent: 'forest',
  deer: 'forest',
  fox: 'forest',
  owl: 'forest',
  elephant: 'jungle',
  giraffe: 'desert',
  pagoda: 'garden',
  lighthouse: 'sea',
}

/**
 * Decides the scene of a prompt. Where the prompt names several concepts of a kind the first one wins; concepts that
 * the negative prompt names are left out; what is not named follows from the subject or the random source.
 */
export function sceneFor(wanted: Interpretation, unwanted: Interpretation, random: Random): Scene {
  const first = (kind: keyof Interpretation['concepts']) =>
    wanted.concepts[kind].find((concept) => !unwanted.concepts[kind].includes(concept))
  const subject = first('subject') as Subject | undefined
  const anywhere = random.pick(['studio', 'hills', 'meadow', 'studio'] as const)
  const anytime = random.pick(['noon', 'noon', 'noon', 'dawn'] as const)
  const weather = first('weather') as Weather | undefined
  const palette = first('palette') as Palette | undefined
  const composition = first('composition') as Composition | undefined
  return {
    ...(subject && { subject }),
    setting: (first('setting') as Setting | undefined) ?? (subject ? (HABITATS[subject] ?? anywhere) : 'hills'),
    time: (first('time') as Time | undefined) ?? (weather ? 'overcast' : anytime),
    ...(weather && { weather }),
    ...(palette && { palette }),
    ...(composition && { composition }),
    style: (first('style') as Style | undefined) ?? 'illustration',
  }
}
