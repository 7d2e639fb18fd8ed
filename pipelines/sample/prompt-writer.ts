import type { Random } from '@promptloom/generate/sketch/random'
import { KINDS, type Kind } from '@promptloom/generate/sketch/vocabulary'

/** Concepts that a prompt names; a kind that is absent is left to the painter. */
export type Wish = Partial<Record<Kind, string>>

/** How often a prompt of the collection names each kind. */
const SHARES: Readonly<Record<Kind, number>> = {
  subject: 0.98,
  setting: 0.82,
  style: 0.92,
  time: 0.55,
  palette: 0.4,
  composition: 0.35,
  weather: 0.12,
}

const PRAISE = ['beautiful', 'detailed', 'intricate', 'elegant', 'highly detailed', 'masterpiece', 'award winning']
const TAIL = [
  ...PRAISE,
  'trending on artstation',
  'sharp focus',
  '8k',
  '4k',
  'smooth',
  'hd',
  'volumetric lighting',
  'stunning',
  'fantasy',
  'ornate',
  'dramatic',
  'wallpaper',
  'ultra detailed',
]
const MOODS = [
  'lonely',
  'ancient',
  'small',
  'mysterious',
  'cute',
  'majestic',
  'tiny',
  'old',
  'happy',
  'noble',
  'sleepy',
]

/** Draws the concepts of one prompt; kinds in `always` are named in any case. */
export function drawWish(random: Random, always: readonly Kind[] = []): Wish {
  const wish: Wish = {}
  for (const kind of Object.keys(SHARES) as Kind[]) {
    const concept = random.pick(Object.keys(KINDS[kind]))
    if (random.chance(SHARES[kind]) || always.includes(kind)) wish[kind] = concept
  }
  if (!wish.subject && !wish.setting) wish.setting = random.pick(Object.keys(KINDS.setting))
  return wish
}

/** Words a wish the way people write to Stable Diffusion: a phrase or a sentence, then modifiers between commas. */
export function writePrompt(wish: Wish, random: Random): string {
  const word = (kind: Kind) => (wish[kind] ? phraseFor(kind, wish[kind], random) : undefined)
  const { head, aside } = composed(word('subject'), word('composition'), random)
  const setting = word('setting')
  const scene = join([head, setting && (head ? placed(setting, random) : setting)], random.chance(0.65) ? ' ' : ', ')
  const light = word('time')
  const tail = [
    aside,
    light && random.chance(0.5) && !FREE_LIGHT.test(light) ? `at ${light}` : light,
    word('weather'),
    word('palette'),
    ...praise(random),
  ]
  const style = word('style')
  if (!style) return join([scene, ...tail], ', ')
  const order = random.integer(0, 3)
  if (order === 0) return join([`${style} of ${scene}`, ...tail], ', ')
  if (order === 1) return join([scene, style, ...tail], ', ')
  if (order === 2) return join([scene, ...tail, style], ', ')
  return join([`${style}, ${scene}`, ...tail], ', ')
}

/** Compositions that are worded as `<composition> of a <subject>`; all others stand as a modifier of their own. */
const SHOT = /^(?:close-up|close up|closeup|macro|portrait|headshot|wide shot|panorama|silhouette|emblem|badge)$/
const MANY = /^(?:two|pair of|couple of|twin)$/
/** Lights that `at` does not fit. */
const FREE_LIGHT = /(?:sky|day|moonlit|overcast|cloudy|gloomy|full moon|evening|morning)$/
/** Settings that are worded without a preposition or bring their own. */
const FREE_PLACE = /^(?:in|on|above|under|underwater|indoors|isolated)\b|field of|waves/

function placed(setting: string, random: Random): string {
  if (setting.endsWith('background')) return `on a ${setting}`
  if (FREE_PLACE.test(setting)) return setting
  const preposition = random.pick(['in', 'in', 'near', 'before', 'by'])
  return `${preposition} ${random.chance(0.7) ? 'the ' : ''}${setting}`
}

function phraseFor(kind: Kind, concept: string, random: Random): string {
  const phrases = (KINDS[kind] as Readonly<Record<string, readonly string[]>>)[concept] ?? [concept]
  return random.chance(0.45) ? (phrases[0] as string) : random.pick(phrases)
}

function composed(noun: string | undefined, composition: string | undefined, random: Random) {
  if (!noun)
    return { head: undefined, aside: composition && !/of$|two|twin/.test(composition) ? composition : undefined }
  const named = random.chance(0.3) ? `${random.pick(MOODS)} ${noun}` : noun
  const single = `${/^[aeiou]/.test(named) && !/^u[nf]/.test(named) ? 'an' : 'a'} ${named}`
  if (composition && MANY.test(composition))
    return { head: `${composition} ${named}${/(?:s|fish)$/.test(named) ? '' : 's'}` }
  if (composition?.endsWith(' of')) return { head: `${composition} ${single}` }
  if (composition && SHOT.test(composition)) return { head: `${composition} of ${single}` }
  return { head: random.pick([single, single, `the ${named}`, named]), aside: composition }
}

function praise(random: Random): string[] {
  const wanted = random.pick([0, 0, 0, 1, 1, 2, 3, 5])
  return [...new Set(Array.from({ length: wanted }, () => random.pick(TAIL)))]
}

function join(parts: readonly (string | undefined)[], separator: string): string {
  return parts.filter(Boolean).join(separator)
}
