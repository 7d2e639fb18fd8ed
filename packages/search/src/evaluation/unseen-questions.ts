import { shape, uppermost } from '../calibration/flat-patterns.ts'
import { colour, mix, type Pattern, patternPictures, SIDE, several } from '../calibration/pattern.ts'
import { seededRandom } from '../calibration/random.ts'
import { gibberish } from '../calibration/unrelated-texts.ts'

/** Sentences of other fields than the calibration's: chemistry, sport results, grammar, forms, chat. */
const SENTENCES = [
  'The enthalpy of this reaction is negative at room temperature.',
  'They drew two all and went through on away goals.',
  'Please enter your date of birth as day, month and year.',
  'lol ok see you later then',
  'docker compose up --build --detach',
  'What does it mean when a verb is intransitive?',
  'Your subscription has been renewed for twelve months.',
  'Refunds are processed within five working days.',
  'Can anybody recommend a good accountant?',
  'The minutes of the previous meeting were approved.',
  'Solve for y when three y equals twenty-one.',
  'Error 404: the requested resource does not exist',
  'He was promoted to deputy head of procurement.',
  'Is the library open on public holidays?',
  'The patient was advised to take one tablet twice daily.',
  'const result = await fetch(endpoint, { method: "POST" })',
  'Parliament will vote on the third reading next week.',
  'Which vaccine do I need before travelling abroad?',
  'The invoice number must be quoted with every payment.',
  'Happy to help, let me know if you have questions.',
  'The standard deviation of the sample is 4.2.',
  'Kindly confirm receipt of this message by Friday.',
  'Unexpected token at line 14, column 3',
  'The tenant is liable for minor repairs up to that sum.',
  'How long does a bank transfer usually take?',
  'Grade point averages are rounded to one decimal.',
  'The hearing was adjourned until further notice.',
  'chmod +x install && ./install --prefix=/usr/local',
  'Mondays are usually quieter than Tuesdays.',
  'I could not agree more with the previous speaker.',
] as const

/** Sixty questions about nothing that can be seen, none of which the calibration asks; always the same ones. */
export function unseenTexts(): string[] {
  const random = seededRandom(4_711)
  return SENTENCES.flatMap((sentence) => [sentence, gibberish(random)])
}

/**
 * Pictures of other kinds than the calibration's: slanting bars, a curve on paper, a form's boxes, clouds of colour,
 * arcs that meet, a spiral, stars, a street plan.
 */
const PATTERNS: readonly Pattern[] = [
  (random) => {
    const [a, b, width] = [colour(random), colour(random), 5 + 30 * random()]
    return (x, y) => (Math.floor((x + 0.6 * y) / width) % 2 ? a : b)
  },
  (random) => {
    const [steepness, wave, ink] = [0.2 + 0.5 * random(), 10 + 30 * random(), colour(random)]
    return (x, y) => {
      const height = SIDE - 30 - steepness * x - wave * Math.sin(x / wave)
      const axis = x === 20 || y === SIDE - 20
      return Math.abs(y - height) < 2 || axis ? ink : [255, 255, 255]
    }
  },
  (random) => {
    const widths = Array.from({ length: 12 }, () => 40 + Math.floor(180 * random()))
    return (x, y) => {
      const box = x > 12 && x < 12 + (widths[Math.floor(y / 24)] ?? 0) && y % 24 > 6 && y % 24 < 20
      return box ? [226, 232, 240] : [248, 250, 252]
    }
  },
  (random) => {
    const [a, b, far, near] = [colour(random), colour(random), 40 + 60 * random(), 30 + 40 * random()]
    return (x, y) => {
      const part = 0.5 + 0.25 * Math.sin(x / far + y / near) + 0.25 * Math.cos(x / near - y / far)
      return mix(b, a, part)
    }
  },
  (random) => {
    const [ink, ground, turned] = [colour(random), colour(random), several(random, 64, [0, 1])]
    return (x, y) => {
      const [left, top] = [x % 32, y % 32]
      const across = (turned[8 * Math.floor(y / 32) + Math.floor(x / 32)] as number) < 0.5 ? left : 32 - left
      const near = Math.min(Math.hypot(across, top), Math.hypot(32 - across, 32 - top))
      return Math.abs(near - 16) < 3 ? ink : ground
    }
  },
  (random) => {
    const [ink, ground, arms] = [colour(random), colour(random), 1 + Math.floor(4 * random())]
    return (x, y) => {
      const [far, turn] = [Math.hypot(x - 128, y - 128), Math.atan2(y - 128, x - 128)]
      return Math.sin(far / 7 + arms * turn) > 0.3 ? ink : ground
    }
  },
  (random) => {
    const stars = Array.from({ length: 90 }, () => ({ ...shape(random, 1 + 2 * random()), round: true }))
    const lit = uppermost(stars)
    return (x, y) => (lit(x, y) ? [255, 250, 230] : [8, 10, 24])
  },
  (random) => {
    const [streets, crossing] = [several(random, 7, [0, SIDE]), several(random, 7, [0, SIDE])]
    return (x, y) => {
      const slant = x + 0.2 * y
      const road = streets.some((at) => Math.abs(slant - at) < 4) || crossing.some((at) => Math.abs(y - at) < 3)
      return road ? [255, 255, 255] : [233, 228, 216]
    }
  },
]

/** Pictures that no collection has anything like, of eight kinds in turn that the calibration does not show. */
export function unseenPictures(count = 80): Promise<Uint8Array[]> {
  return patternPictures(PATTERNS, { count, seed: 99 })
}
