import { seededRandom } from './random.ts'

/** Sentences of offices, code, law, small talk and arithmetic: about nothing that a picture would show. */
const SENTENCES = [
  'Please find attached the revised invoice for the second quarter.',
  'SELECT count(*) FROM orders WHERE status = 4 GROUP BY region',
  'How do I deduct commuting expenses from my income tax?',
  'The defendant waives the right to object under section twelve.',
  'npm install fails with error EACCES on the build server',
  'What is the difference between a mutex and a semaphore?',
  'Your verification code is 493027 and expires in ten minutes.',
  'Turn left after the second roundabout, then keep going for two miles.',
  'Interest is compounded monthly at an annual rate of 3.75 percent.',
  'She said that they would probably call back on Thursday.',
  'for (let i = 0; i < items.length; i++) total += items[i].price',
  'The meeting has been moved from three to half past four.',
  'Is this medication safe to take together with ibuprofen?',
  'Convert 68 degrees Fahrenheit to Celsius',
  'Terms and conditions apply; the offer is void where prohibited.',
  'Why does my washing machine stop in the middle of the cycle?',
  'The plural of ox is oxen, and the plural of index is indices.',
  'Unsubscribe from this newsletter at any time',
  'Warranty claims must be submitted within thirty days of purchase.',
  'git rebase --interactive HEAD~3',
  'The square root of 1764 is 42.',
  'Who is responsible for approving the travel budget?',
  'Preheat the oven and sift the flour twice.',
  'Sorry, I missed your call. Can we talk tomorrow instead?',
  'A noun phrase may be modified by a relative clause.',
  'Exchange rates are updated every business day at noon.',
  'Segmentation fault (core dumped)',
  'Quarterly revenue rose four percent year over year.',
  'The train to the airport departs every twenty minutes.',
  'What time zone should the calendar invitation use?',
  'All tenants must dispose of cardboard on Wednesdays.',
  'Return the form to the registrar with proof of residence.',
  'The theorem follows by induction on the length of the proof.',
  'Password must contain at least one digit and one symbol.',
  'Could you send me the minutes of last week’s call?',
  'HTTP 502 Bad Gateway',
  'Votes are counted after the polls close at eight.',
  'He resigned for personal reasons, the spokesman said.',
  'Shipping is free for orders over fifty euros.',
  'The subjunctive is rarely used in spoken English.',
  'Restart the router and wait for two minutes.',
  'A quorum requires at least seven of the twelve members.',
  'My flight was rebooked because of the strike.',
  'Insert the key, press the brake, and hold the start button.',
  'pip freeze > requirements.txt',
  'This page intentionally left blank',
  'Which form do I need to register a small business?',
  'The committee adopted the amendment by nine votes to two.',
  'Please rate your experience with customer support.',
  'Inflation expectations remained anchored, the bank noted.',
  'Balance due: 118.40. Payment terms: net thirty.',
  'Do not reply to this automatically generated message.',
  'The word has three syllables and is stressed on the second.',
  'Employees accrue one and a half vacation days a month.',
  'x squared plus four x minus twelve equals zero',
  'Remember to buy stamps and pay the electricity bill.',
  'Unable to locate package; try updating the package list.',
  'The contract renews automatically unless cancelled.',
  'How many teaspoons are there in a tablespoon?',
  'The speaker yielded the remainder of his time.',
] as const

/** Longest and shortest of the words that are none. */
const LETTERS = [3, 9] as const

/**
 * Questions to which no collection of prompts and pictures has an answer: sentences about nothing that can be seen,
 * and strings that are no words, in turns; always the same ones. At most twice as many as there are sentences.
 */
export function unrelatedTexts(count: number): string[] {
  const random = seededRandom(20_261)
  return Array.from({ length: Math.min(count, 2 * SENTENCES.length) }, (_, at) =>
    // Pairs of each kind, so that every second one is a fair half of both.
    at % 4 < 2 ? (SENTENCES[2 * Math.floor(at / 4) + (at % 2)] as string) : gibberish(random),
  )
}

/** One to four strings of letters that are no words. */
export function gibberish(random: () => number): string {
  const word = () => {
    const length = LETTERS[0] + Math.floor(random() * (LETTERS[1] - LETTERS[0]))
    return Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('')
  }
  return Array.from({ length: 1 + Math.floor(random() * 4) }, word).join(' ')
}
