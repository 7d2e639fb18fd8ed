import { z } from 'zod'

/** Name of an environment variable (POSIX, 8.1): a key that was written in its place mostly has a character too many. */
export const environmentVariable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable, not what it holds')

/** Whether a secret may go out unencrypted. */
export const plainHttp = z
  .boolean()
  .default(false)
  .describe(
    'Whether a secret may go to another machine over http, where everybody on the way can read it. Default: false.',
  )

/** Who improves prompts, as written in the configuration file; the key comes from the environment alone. */
export const refineOptions = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Base address of an OpenAI-compatible endpoint, e.g. https://api.openai.com/v1 or http://127.0.0.1:11434/v1 (Ollama). Default: none; prompts are then improved without a language model, from what their neighbours have in common.',
    ),
  keyEnv: environmentVariable
    .optional()
    .describe(
      'Name of the environment variable that holds the key of the endpoint. Default: OPENAI_API_KEY, which is sent to OpenAI and to this machine alone; any other endpoint gets none.',
    ),
  plainHttp,
  model: z.string().min(1).default('gpt-4o-mini').describe("The endpoint's name of the model. Default: gpt-4o-mini."),
  temperature: z.number().min(0).max(2).optional().describe("Sampling temperature. Default: the endpoint's own."),
  instruction: z
    .string()
    .min(1)
    .optional()
    .describe('Markdown file that tells the model what to do. Default: packages/refine/src/instruction.md.'),
  neighbours: z.int().min(0).max(100).default(12).describe('Similar prompts that the refiner is shown. Default: 12.'),
  variants: z.int().min(1).max(50).default(3).describe('Improved prompts for each prompt. Default: 3.'),
  maxOutputTokens: z
    .int()
    .min(1)
    .optional()
    .describe('Most tokens of one answer. Default: 500 and 250 more for each variant.'),
  maxTokensField: z
    .enum(['max_tokens', 'max_completion_tokens'])
    .default('max_tokens')
    .describe(
      "How the endpoint is told that limit; OpenAI's reasoning models need the newer name. Default: max_tokens.",
    ),
  structure: z
    .enum(['json_schema', 'json_object', 'none'])
    .default('json_schema')
    .describe('How the endpoint is held to the form of the answer. Default: json_schema.'),
  timeout: z.number().positive().default(120).describe('Seconds for one answer. Default: 120.'),
  price: z
    .strictObject({
      input: z.number().min(0).describe('Per million input tokens.'),
      output: z.number().min(0).describe('Per million output tokens.'),
    })
    .optional()
    .describe('What tokens cost, in any one currency. Default: unknown.'),
  budget: z
    .strictObject({
      tokens: z.int().min(1).optional().describe('Input and output together.'),
      cost: z.number().positive().optional().describe("In the price's currency; needs a price."),
    })
    .prefault({})
    .describe('What one command, or one night of the queue, may spend. Default: no limit.'),
})

/** Who improves prompts. */
export type RefineOptions = z.output<typeof refineOptions>
