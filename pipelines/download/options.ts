import { z } from 'zod'

const column = (name: string) => z.string().min(1).default(name)
const optionalColumn = (name: string) => z.string().min(1).nullable().default(name)

/** Options of the download stage. */
export const downloadOptions = z.strictObject({
  source: z
    .string()
    .min(1)
    .describe(
      'The collection: a CSV file (plain, .gz, .zst, .zip), an http(s) URL of one, or kaggle:owner/slug[/file][@version]. No default.',
    ),
  entry: z
    .string()
    .min(1)
    .optional()
    .describe('Name of the file wanted from a zip archive. Default: its only CSV file.'),
  shardRows: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe(
      'Rows in a shard: what is done, skipped or done again as one. Default 10,000. Fewer: less is repeated after a kill; another value does every shard anew.',
    ),
  columns: z
    .strictObject({
      id: column('id'),
      prompt: column('prompt'),
      url: optionalColumn('url'),
      width: optionalColumn('width'),
      height: optionalColumn('height'),
      source_site: optionalColumn('source_site'),
    })
    .prefault({})
    .describe(
      'Names that the columns go by in the file. Default: their own. null: the file has no such column; texts are then empty and sizes 0.',
    ),
  badSize: z
    .enum(['reject', 'keep'])
    .default('reject')
    .describe(
      'What becomes of rows whose width or height is missing, no whole number, 0 or absurd. Default reject: the outcome bad_size. keep: the row is used with size 0 × 0, which stands for unknown.',
    ),
  expectRows: z
    .union([z.int().min(1), z.literal('any')])
    .optional()
    .describe(
      'Rows that the source should have; more than a tenth off is an error. Default: any, with a note where it is far from what is known of the collection (908,000 for the Kaggle set).',
    ),
  allowCut: z
    .boolean()
    .default(false)
    .describe(
      'Whether a file that ends in the middle of a row is read all the same, with that row rejected as malformed. Default false: an error, since the rest is probably missing.',
    ),
  refresh: z
    .boolean()
    .default(false)
    .describe(
      'Whether every run asks a URL or Kaggle for a newer version. Default false: what was downloaded once is kept, and no request is made. A local file is always compared by content.',
    ),
  kaggleApi: z
    .url()
    .default('https://www.kaggle.com/api/v1')
    .describe('Address of the Kaggle API. Default: Kaggle; another one for a mirror or a test.'),
})

/** Options of the download stage with every default in place. */
export type DownloadOptions = z.output<typeof downloadOptions>
