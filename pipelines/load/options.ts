import { storeConfig } from '@promptloom/store/config'
import { z } from 'zod'

/** Options of the load stage. */
export const loadOptions = z.strictObject({
  store: storeConfig
    .optional()
    .describe(
      "Where the rows go. Default: the embedded engine in the workspace's folder store/. What the database really holds decides what runs again, not this setting.",
    ),
  concurrency: z
    .int()
    .min(1)
    .max(16)
    .default(2)
    .describe(
      'Shards inserted at the same time. Default 2; each holds about 20 MB of 512-component vectors in memory.',
    ),
})

/** Parsed options of the load stage. */
export type LoadOptions = z.infer<typeof loadOptions>
