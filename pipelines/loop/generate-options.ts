import { z } from 'zod'
import { environmentVariable, plainHttp } from './refine-options.ts'

const address = (example: string) => z.url({ protocol: /^https?$/ }).describe(`Base address, e.g. ${example}.`)
const timeout = (seconds: number) =>
  z.number().positive().default(seconds).describe(`Seconds for one request with all its pictures. Default: ${seconds}.`)

/** Who paints, as written in the configuration file; passwords and keys come from the environment alone. */
export const generateOptions = z.strictObject({
  painter: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('sketch') }),
      z.strictObject({
        kind: z.literal('automatic1111'),
        url: address('http://127.0.0.1:7860 (started with --api)'),
        plainHttp,
        timeout: timeout(600),
        restoreModel: z
          .boolean()
          .default(true)
          .describe('Whether the server goes back to the model it had before. Default: true.'),
      }),
      z.strictObject({
        kind: z.literal('comfyui'),
        url: address('http://127.0.0.1:8188'),
        plainHttp,
        workflow: z.string().min(1).describe('Workflow file, exported by ComfyUI with "Export (API)".'),
        timeout: timeout(600),
      }),
      z.strictObject({
        kind: z.literal('openai-images'),
        url: address('https://api.openai.com/v1'),
        keyEnv: environmentVariable
          .optional()
          .describe(
            'Name of the environment variable that holds its key. Default: OPENAI_API_KEY, which is sent to OpenAI and to this machine alone.',
          ),
        plainHttp,
        model: z.string().min(1).describe("The endpoint's name of the model, e.g. gpt-image-1."),
        picturesPerCall: z.int().min(1).max(10).default(1).describe('Pictures asked for in one call. Default: 1.'),
        timeout: timeout(300),
      }),
    ])
    .default({ kind: 'sketch' })
    .describe(
      'What paints: automatic1111 (Forge and SD.Next too), comfyui, openai-images, or sketch, a painter without weights that stands in for Stable Diffusion. Default: sketch.',
    ),
  negativePrompt: z.string().default('').describe('What no picture should show. Default: nothing.'),
  width: z.int().min(16).max(16_384).optional().describe("Pixels. Default: the painter's own."),
  height: z.int().min(16).max(16_384).optional().describe("Pixels. Default: the painter's own."),
  steps: z.int().min(1).max(1_000).optional().describe("Denoising steps. Default: the painter's own."),
  sampler: z.string().min(1).optional().describe("The painter's name of the sampler. Default: its own."),
  cfg: z.number().min(0).max(100).optional().describe("Guidance scale. Default: the painter's own."),
  model: z.string().min(1).optional().describe("The painter's name of the checkpoint. Default: its own."),
  attempts: z
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe('Tries for one request, for failures that another try can cure. Default: 3.'),
})

/** Who paints. */
export type GenerateOptions = z.output<typeof generateOptions>
