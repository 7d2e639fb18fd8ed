import { notifyFailure } from '../interface/notice.tsx'
import { keepPicture } from '../question/dropped-pictures.ts'
import { NOTHING, type Part } from '../question/query.ts'
import { asked, askFor } from './asked.ts'

/**
 * Asks for what is like the given pictures: files that were chosen, dropped or pasted. Words and filters that are asked
 * for already stay; an earlier picture goes.
 */
export async function askForPictures(files: readonly Blob[]): Promise<void> {
  try {
    const keys = await Promise.all(files.slice(0, 4).map(keepPicture))
    if (keys.length === 0) return
    const pictures = keys.map((key): Part => ({ kind: 'dropped', key, minus: false }))
    const { parts, find, filters } = asked.value
    askFor({ ...NOTHING, find, filters, parts: [...pictures, ...parts.filter(({ kind }) => kind === 'words')] })
  } catch (error) {
    notifyFailure(error)
  }
}

/** The pictures that something dropped or pasted carries; else the address of one, where it carries that. */
export function picturesOf(data: DataTransfer): { readonly files: File[]; readonly url: string | undefined } {
  const files = [...data.files].filter(({ type }) => type.startsWith('image/'))
  const link = data
    .getData('text/uri-list')
    .split('\n')
    .find((line) => /^https?:/.test(line))
  return { files, url: files.length > 0 ? undefined : link?.trim() }
}
