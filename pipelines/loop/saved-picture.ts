import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PaintParameters, Picture } from '@promptloom/generate/back-end'
import { writeDurably } from '@promptloom/runner/disk'
import { UserError } from '@promptloom/runner/errors'
import { z } from 'zod'
import { generatedId, type RowMaker, rowMaker } from '../feedback/inbox-row.ts'
import type { Keepsake, RefinedPrompt } from './keep.ts'
import { withoutUndefined } from './without-undefined.ts'

const EXTENSIONS = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp' } as const

/** How a picture was made, as the JSON file beside it says. */
export interface PictureFacts {
  readonly prompt: string
  readonly width: number
  readonly height: number
  readonly painter: RowMaker
  readonly parameters: PaintParameters
  readonly refined?: RefinedPrompt
  readonly parents?: readonly string[]
}

/** A picture on the disk. */
export interface SavedPicture {
  readonly path: string
  /** Id of its row, once it is kept. */
  readonly id: string
  readonly facts: PictureFacts
  readonly keepsake: Keepsake
}

const factsSchema = z.object({
  prompt: z.string().min(1),
  painter: rowMaker.optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  refined: z
    .object({
      prompt: z.string().min(1),
      asked: z.string(),
      reason: z.string().optional(),
      refiner: rowMaker.optional(),
      parents: z.array(z.string()).default([]),
      neighbours: z.array(z.object({ id: z.string(), similarity: z.number() })).optional(),
    })
    .optional(),
  parents: z.array(z.string()).optional(),
})

/** Writes a picture, named by its content, and beside it a JSON file that says how it was made. */
export async function savePicture(
  folder: string,
  picture: Picture,
  made: Pick<PictureFacts, 'painter' | 'refined' | 'parents'>,
): Promise<SavedPicture> {
  const { bytes, mediaType, width, height, parameters } = picture
  const id = generatedId(bytes)
  const path = join(folder, `${id}.${EXTENSIONS[mediaType]}`)
  const facts = { prompt: parameters.prompt, width, height, ...made, parameters }
  await writeDurably(path, bytes)
  await writeDurably(factsPath(path), `${JSON.stringify(facts, null, 2)}\n`)
  const { prompt, painter, refined, parents } = facts
  const keepsake = {
    prompt,
    painter,
    parameters: { ...parameters },
    picture: bytes,
    ...withoutUndefined({ refined, parents }),
  }
  return { path, id, facts, keepsake }
}

/**
 * What the JSON file beside a picture says of how it was made; undefined where there is none.
 * @throws UserError for a file that is not of this form
 */
export async function readPictureFacts(path: string): Promise<Partial<Keepsake> | undefined> {
  const text = await readFile(factsPath(path), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const { refined, ...facts } = factsSchema.parse(JSON.parse(text))
    return withoutUndefined({
      ...facts,
      refined: refined && (withoutUndefined(refined) as RefinedPrompt),
    }) as Partial<Keepsake>
  } catch (cause) {
    throw new UserError(
      `${factsPath(path)} does not say how a picture was made; it is written by "promptloom generate", so mend or remove it.`,
      { cause },
    )
  }
}

function factsPath(path: string): string {
  return `${path.replace(/\.[^.]+$/, '')}.json`
}
