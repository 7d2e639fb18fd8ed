import { OPT_OUT_DIRECTIVES } from '@promptloom/http/opt-out'
import { z } from 'zod'

const count = () => z.int().min(1)
const seconds = () => z.number().positive()

/** Options of `fetch-images`, as written in the configuration file. */
export const fetchOptions = z.strictObject({
  contact: z
    .string()
    .default('')
    .describe('A mail address or web page, named in the User-Agent so that a host can complain. Default: none given.'),
  baseUrl: z
    .string()
    .default('')
    .describe(
      'Address that relative URLs in the data are resolved against, e.g. https://images.example.org/. Default: none.',
    ),
  localRoot: z
    .string()
    .default('')
    .describe(
      'Folder of a local collection: file: URLs below it are read, and relative URLs too when baseUrl is not set. Default: none, so that file: URLs are refused.',
    ),
  allowPrivate: z
    .array(z.string())
    .default([])
    .describe(
      'Addresses, ranges (10.0.0.0/8) or host names inside private networks that may be asked all the same. Default: none.',
    ),
  store: z
    .enum(['jpeg', 'webp', 'original'])
    .default('jpeg')
    .describe(
      'What is kept: jpeg (fastest to decode later), webp (a third smaller, twice the work), or the original bytes. Default: jpeg.',
    ),
  quality: z.int().min(1).max(100).default(85).describe('Quality of the stored JPEG or WebP, 1 to 100. Default: 85.'),
  maxSide: count().default(512).describe('Longest side of the stored picture in pixels; never enlarged. Default: 512.'),
  minSide: count().default(64).describe('Originals with a shorter side, in pixels, end as too_small. Default: 64.'),
  maxPixels: count()
    .default(50_000_000)
    .describe('Originals with more pixels (width × height) are not decoded: too_many_pixels. Default: 50,000,000.'),
  maxBytes: count()
    .default(20 * 1024 * 1024)
    .describe('Longest body in bytes, also once unpacked; longer ones end as too_large. Default: 20971520.'),
  matchSize: z
    .boolean()
    .default(false)
    .describe("Whether a picture must have the row's width and height; others end as wrong_size. Default: false."),
  placeholders: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in lower-case hex'))
    .default([])
    .describe('SHA-256 of pictures that hosts show in place of a lost one; they end as placeholder. Default: none.'),
  optOut: z
    .array(z.string().toLowerCase())
    .default([...OPT_OUT_DIRECTIVES])
    .describe(
      'X-Robots-Tag directives that are honoured; such rows end as opted_out. Default: noai, noimageai, noindex, noimageindex, noml.',
    ),
  robots: z
    .boolean()
    .default(false)
    .describe("Whether each host's robots.txt is read first and kept to; for page hosts. Default: false."),
  shards: count().default(1).describe('Shards in work at the same time; 2 hides the tail of slow hosts. Default: 1.'),
  concurrency: count().default(64).describe('Pictures in work at the same time, over all hosts. Default: 64.'),
  bodyMemory: count()
    .default(384 * 1024 * 1024)
    .describe(
      'Bytes that pictures may take in memory from their arrival until they are decoded and kept, all together; others wait, and no new one is asked for meanwhile. A length that is not known beforehand counts as maxBytes, and a packed body as maxBytes more. Default: 402653184.',
    ),
  decoders: z
    .int()
    .min(0)
    .default(0)
    .describe('Pictures decoded at the same time; 0 for one more than there are cores. Default: 0.'),
  decodeTimeout: z
    .int()
    .min(0)
    .max(3600)
    .default(30)
    .describe(
      'Whole seconds that decoding one picture may take, 0 for no limit; longer ones end as decode_timeout. Default: 30.',
    ),
  hostConcurrency: count()
    .default(16)
    .describe('Most requests in flight to one host; fewer while it refuses or slows down. Default: 16.'),
  hostRate: z
    .number()
    .positive()
    .default(50)
    .describe('Most requests a second to one host; fewer while it refuses. Default: 50.'),
  giveUpAfter: count()
    .default(6)
    .describe('Failures in a row until a host is given up for this run: host_gave_up. Default: 6.'),
  refusalPause: seconds()
    .default(5)
    .describe('Seconds that a host is left alone after a refusal without Retry-After; doubled each time. Default: 5.'),
  longestPause: seconds()
    .default(300)
    .describe('Longest pause, in seconds, that a host may ask for before it is given up. Default: 300.'),
  attempts: count().default(4).describe('Tries for one URL, for failures that another try can cure. Default: 4.'),
  connectTimeout: seconds().default(10).describe('Seconds until a connection stands. Default: 10.'),
  headersTimeout: seconds().default(15).describe("Seconds until an answer's header has come. Default: 15."),
  idleTimeout: seconds().default(15).describe('Seconds without a byte of the body. Default: 15.'),
  totalTimeout: seconds().default(60).describe('Seconds for one URL in all, its tries together. Default: 60.'),
})

/** Options of `fetch-images` with every default filled in. */
export type FetchOptions = z.infer<typeof fetchOptions>

/** Options that change how fast pictures come, never which or what is made of them. */
export const SPEED_OPTIONS = [
  'contact',
  'shards',
  'concurrency',
  'bodyMemory',
  'decoders',
  'decodeTimeout',
  'hostConcurrency',
  'hostRate',
  'giveUpAfter',
  'refusalPause',
  'longestPause',
  'attempts',
  'connectTimeout',
  'headersTimeout',
  'idleTimeout',
  'totalTimeout',
] as const satisfies readonly (keyof FetchOptions)[]
