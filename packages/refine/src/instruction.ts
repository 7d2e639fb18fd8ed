import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RefineInputError } from './refine-input.ts'

/** The instruction that is used where the user has not written one. */
export const DEFAULT_INSTRUCTION = join(import.meta.dirname, 'instruction.md')

const LONGEST_INSTRUCTION = 64 * 1024

/**
 * Reads the Markdown file that tells the model how to improve prompts. How data is marked and what the answer looks
 * like is not part of it: that is added by the program, so no edit of the file can break it.
 *
 * @param path default {@link DEFAULT_INSTRUCTION}
 * @throws RefineInputError when the file can't be read, is empty, or is longer than 64 KiB
 */
export async function readInstruction(path: string = DEFAULT_INSTRUCTION): Promise<string> {
  let text: string
  try {
    text = (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    throw new RefineInputError(`The instruction file ${path} can't be read; check the path.`, { cause })
  }
  if (text === '') throw new RefineInputError(`The instruction file ${path} is empty; write what to do in it.`)
  if (text.length > LONGEST_INSTRUCTION)
    throw new RefineInputError(
      `The instruction file ${path} has ${text.length} characters; shorten it to ${LONGEST_INSTRUCTION} or fewer.`,
    )
  return text
}
