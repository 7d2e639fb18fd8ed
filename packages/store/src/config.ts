import { z } from 'zod'

const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,126}$/, 'letters, digits and _, not starting with a digit, at most 127 characters')

const tables = z
  .strictObject({
    text: identifier.default('prompt_text').describe('Name of the table of prompts. Default: prompt_text.'),
    image: identifier.default('prompt_image').describe('Name of the table of pictures. Default: prompt_image.'),
  })
  .prefault({})
  .describe('Table names; change them to keep two collections in one database.')

const embedded = z.strictObject({
  kind: z.literal('embedded').describe("ClickHouse's engine inside this process; nothing to install."),
  path: z.string().min(1).describe("Folder of the engine's data; created if need be; one process at a time."),
  database: identifier.default('promptloom').describe('Database inside the engine. Default: promptloom.'),
  tables,
  memoryLimit: z
    .int()
    .positive()
    .optional()
    .describe("Bytes that the engine may allocate in total. Default: ClickHouse's own, nine tenths of the machine."),
  indexMemory: z
    .int()
    .positive()
    .optional()
    .describe(
      "Bytes of vector indexes kept in memory. Default: ClickHouse's own, 5 GB; an i8 index needs about 0.6 GB a million vectors of 512 components.",
    ),
  arguments: z
    .array(z.string())
    .default([])
    .describe('Further command line arguments for the engine, e.g. --config-file=/etc/chdb.xml. Default: none.'),
})

const server = z.strictObject({
  kind: z.literal('server').describe('A ClickHouse or MyScale server over HTTP or HTTPS.'),
  url: z.url({ protocol: /^https?$/ }).describe('Address, e.g. https://host:8443.'),
  user: z.string().default('default').describe('User name. Default: default.'),
  password: z.string().default('').describe('Password; comes from the environment, never from a file. Default: empty.'),
  database: identifier.default('default').describe('Database; created if missing. Default: default.'),
  tables,
  cluster: identifier
    .optional()
    .describe('Name of a cluster: tables are made ON CLUSTER. Default: none, the tables live on the one server.'),
  replicated: z
    .boolean()
    .default(false)
    .describe('Use ReplicatedMergeTree, so that each row is on every replica of its shard. Default: false.'),
  distributed: z
    .boolean()
    .default(false)
    .describe(
      'Spread rows over the shards of the cluster by id, behind a Distributed table; needs `cluster`. Default: false.',
    ),
  requestTimeout: z
    .int()
    .positive()
    .default(300_000)
    .describe(
      'Milliseconds to wait for an answer. Long builds are polled, so this bounds one statement. Default: 300000.',
    ),
  wakeTimeout: z
    .int()
    .min(0)
    .default(120_000)
    .describe(
      'Milliseconds to wait for a server that does not answer at first: idle clusters wake up. Default: 120000.',
    ),
  settings: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('Settings sent with every statement, e.g. insert_quorum. Default: none.'),
})

/** Where the store is and what its tables are called. Secrets arrive here from the environment, through the caller. */
export const storeConfig = z.discriminatedUnion('kind', [embedded, server])

/** What a caller writes; everything with a default may be left out. */
export type StoreConfig = z.input<typeof storeConfig>

/** The parsed form, with every default in place. */
export type StoreSettings = z.output<typeof storeConfig>

/** The embedded form of `StoreSettings`. */
export type EmbeddedSettings = Extract<StoreSettings, { kind: 'embedded' }>

/** The server form of `StoreSettings`. */
export type ServerSettings = Extract<StoreSettings, { kind: 'server' }>
