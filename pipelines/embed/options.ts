import { z } from 'zod'

/** Options of the embed stage. */
export const embedOptions = z.strictObject({
  model: z
    .string()
    .min(1)
    .describe(
      'Model directory in the Hugging Face layout (config.json, tokenizer.json, preprocessor_config.json, onnx/). No default; "promptloom model pull" gets one. Its content, not its place, decides what runs again.',
    ),
  device: z
    .enum(['auto', 'cpu', 'cuda', 'tensorrt', 'webgpu', 'coreml', 'dml'])
    .default('auto')
    .describe(
      'Where inference runs. Default auto: the best that really loads. Another one that cannot load is an error.',
    ),
  precision: z
    .enum(['auto', 'fp32', 'fp16', 'int8', 'q4'])
    .default('auto')
    .describe(
      'Which weights of the directory are used. Default auto: fp16 on a GPU that has it, else fp32. int8 and q4 are faster on a CPU and less exact; other weights mean other vectors, so everything is embedded again.',
    ),
  overlong: z
    .enum(['truncate', 'windows'])
    .default('truncate')
    .describe(
      'What becomes of prompts with more tokens than the model takes (CLIP: 77). Default truncate: cut, keeping the end token. windows: embed it in pieces and average them. Both flag the row as truncated.',
    ),
  gpus: z
    .array(z.int().min(0))
    .min(1)
    .optional()
    .describe('GPUs by number, over which the workers are spread. Default [0]. No effect on a CPU.'),
  batch: z
    .int()
    .min(1)
    .max(4096)
    .optional()
    .describe(
      'Texts or pictures in one run of the graph; each worker keeps the memory of its largest run. Default 32 texts or 8 pictures on a CPU, 512 of either on a GPU; halved by itself when memory runs out.',
    ),
  workers: z
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe(
      'Inference threads, each with a session and a copy of the weights. Default one a core on a CPU, one a GPU.',
    ),
})

/** Parsed options of the embed stage. */
export type EmbedOptions = z.infer<typeof embedOptions>

/** Options that change how fast vectors come, never which: the model's digest stands for the model and its precision. */
export const speedOptions = ['model', 'device', 'precision', 'gpus', 'batch', 'workers'] as const
