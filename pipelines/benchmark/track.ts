/** One kind of question to one kind of table. */
export interface Track {
  /** `text-to-image`: what is asked with, what is searched. */
  readonly name: TrackName
  readonly from: 'text' | 'image' | 'questions'
  readonly to: 'text' | 'image'
  /** Whether the questions come from another distribution than the rows that the index was built on. */
  readonly outOfDistribution: boolean
  /** How the question set came about, and what that means for the figures. */
  readonly note: string
}

/** Names of all tracks. */
export const TRACK_NAMES = [
  'text-to-text',
  'image-to-image',
  'text-to-image',
  'image-to-text',
  'questions-to-text',
  'questions-to-image',
] as const

/** Name of a track. */
export type TrackName = (typeof TRACK_NAMES)[number]

const OWN_ROWS =
  'Rows of the searched table, each left out of its own answer and of the exact one. Their vectors are in the index, which makes them a little easier to answer than rows it has never seen.'
const OTHER_ROWS = (what: string) =>
  `${what} searched across kinds of vectors: out of distribution for the index, and the hard case. Nothing is left out of the answers.`
const QUESTIONS = 'Questions as people ask them, embedded by the model; none of them is a row of the table.'

/** Every track, the ones that most searches take first. */
export const tracks: readonly Track[] = [
  { name: 'text-to-text', from: 'text', to: 'text', outOfDistribution: false, note: OWN_ROWS },
  { name: 'image-to-image', from: 'image', to: 'image', outOfDistribution: false, note: OWN_ROWS },
  { name: 'text-to-image', from: 'text', to: 'image', outOfDistribution: true, note: OTHER_ROWS('Vectors of prompts') },
  {
    name: 'image-to-text',
    from: 'image',
    to: 'text',
    outOfDistribution: true,
    note: OTHER_ROWS('Vectors of pictures'),
  },
  { name: 'questions-to-text', from: 'questions', to: 'text', outOfDistribution: false, note: QUESTIONS },
  { name: 'questions-to-image', from: 'questions', to: 'image', outOfDistribution: true, note: QUESTIONS },
]
