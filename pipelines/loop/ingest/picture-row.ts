import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { GenerationMetadata } from '@promptloom/generate/metadata/generation'
import { readMetadata } from '@promptloom/generate/metadata/read-metadata'
import { exitCodeOf } from '@promptloom/runner/errors'
import { generatedId, type NewRow } from '../../feedback/inbox-row.ts'
import { keepsakeItems } from '../keep.ts'
import { readPictureFacts } from '../saved-picture.ts'
import type { SourceFile } from './source-files.ts'
import { promptFault, type Verdict } from './verdict.ts'

/**
 * The row of a picture: from the JSON file beside it where "promptloom generate" wrote one, else from what its tool
 * wrote into it. Damaged and hostile files are verdicts, not errors.
 *
 * @param maxBytes larger files are not read.
 */
export async function pictureRow(file: SourceFile, maxBytes: number): Promise<Verdict> {
  if (file.bytes > maxBytes) {
    return { outcome: 'too_large', reason: `the file has ${file.bytes} bytes; ${maxBytes} are read at most` }
  }
  const bytes = await readFile(file.path).catch((error: NodeJS.ErrnoException) => error)
  if (bytes instanceof Error) return { outcome: 'unreadable', reason: `it cannot be read (${bytes.code})` }
  const metadata = await readMetadata(bytes, { maxBytes })
  if (metadata.kind === 'none' && metadata.reason === 'not_an_image') return refused(metadata)
  const ours = await factsBeside(file.path)
  if (ours?.prompt !== undefined)
    return promptFault(ours.prompt) ?? { items: keepsakeItems({ ...ours, picture: bytes }) }
  if (metadata.kind === 'none') return refused(metadata)
  const fault = promptFault(metadata.prompt)
  return fault ?? { items: [{ row: rowOf(metadata, bytes, file), picture: bytes }] }
}

function refused({
  reason,
  detail,
}: {
  reason: 'no_metadata' | 'malformed_metadata' | 'not_an_image' | 'too_large'
  detail: string
}): Verdict {
  return { outcome: reason, reason: detail }
}

async function factsBeside(path: string) {
  try {
    return await readPictureFacts(path)
  } catch (error) {
    // Another program's JSON file: the picture may still speak for itself.
    if (exitCodeOf(error) === 2) return undefined
    throw error
  }
}

function rowOf(metadata: GenerationMetadata, bytes: Buffer, { path }: SourceFile): NewRow {
  const { tool, prompt, negativePrompt, seed, steps, sampler, cfg, model, width, height } = metadata
  const all = { seed, steps, sampler, cfg, model, negativePrompt: negativePrompt || null }
  const parameters = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
  const painter = { kind: tool, label: model === null ? tool : `${tool}, ${model.slice(0, 300)}`, standIn: false }
  const lineage = { tool, painter, parameters, file: basename(path) }
  return { id: generatedId(bytes), prompt, origin: 'generated', source_site: tool, width, height, lineage }
}
