import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** A model of the public hub that is known to fit. */
export interface KnownModel {
  /** Short name, and the name of its directory. */
  readonly name: string
  /** Repository on the hub. */
  readonly repository: string
  readonly dimension: number
  readonly description: string
}

/** The model that `promptloom model pull` gets when none is named. */
export const DEFAULT_MODEL = 'clip-vit-base-patch32'

/** ONNX exports of OpenAI's CLIP in the layout that is read here; the first is the default. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    name: DEFAULT_MODEL,
    repository: 'Xenova/clip-vit-base-patch32',
    dimension: 512,
    description: "OpenAI's CLIP ViT-B/32: the default",
  },
  {
    name: 'clip-vit-base-patch16',
    repository: 'Xenova/clip-vit-base-patch16',
    dimension: 512,
    description: "OpenAI's CLIP ViT-B/16: four times the patches, slower, sees more detail",
  },
  {
    name: 'clip-vit-large-patch14',
    repository: 'Xenova/clip-vit-large-patch14',
    dimension: 768,
    description: "OpenAI's CLIP ViT-L/14: much slower, the most exact",
  },
]

/** Name of the file in a model directory that says where it came from. */
export const SOURCE_FILE = 'promptloom-source.json'

/** Where a model directory came from, and what each file must be. */
export const sourceSchema = z.object({
  repository: z.string(),
  /** The commit that all files are of. */
  revision: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
})

/** A parsed promptloom-source.json. */
export type ModelSource = z.infer<typeof sourceSchema>

/** The repository and the directory's name for what a user calls a model: a known name, or `owner/repository`. */
export function resolveName(name: string): { readonly repository: string; readonly directory: string } | undefined {
  const known = KNOWN_MODELS.find((model) => model.name === name || model.repository === name)
  if (known) return { repository: known.repository, directory: known.name }
  const parts = /^\w[\w.-]*\/(\w[\w.-]*)$/.exec(name)
  return parts?.[1] ? { repository: name, directory: parts[1] } : undefined
}

/** What promptloom-source.json of a model directory says; undefined where there is none, or none that can be read. */
export async function readSource(directory: string): Promise<ModelSource | undefined> {
  try {
    return sourceSchema.parse(JSON.parse(await readFile(join(directory, SOURCE_FILE), 'utf8')))
  } catch {
    return undefined
  }
}
