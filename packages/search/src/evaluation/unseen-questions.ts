import { seededRandom } from '../calibration/random.ts'
import { colour, mix, type Pattern, patternPictures, SIDE } from '../calibration/unrelated-pictures.ts'
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

/** Pictures of other kinds than the calibration's: slanting bars, a curve on paper, a form's boxes, clouds of colour. */
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
]

/** Forty pictures that no collection has anything like, of kinds that the calibration does not show. */
export function unseenPictures(): Promise<Uint8Array[]> {
  return patternPictures(PATTERNS, { count: 40, seed: 99 })
}
