import { scanCsv } from '@promptloom/dataset/csv-file'
import { bindHeader, type CsvBinding } from '@promptloom/dataset/csv-header'
import { UserError } from '@promptloom/runner/errors'
import type { LabelOf } from '@promptloom/search/evaluation/label-questions'

/** Where labels come from. */
export interface LabelFlags {
  /** A regular expression whose first group takes the label out of a text. */
  readonly label?: string
  /** A CSV file and a column of it, as `<file>:<column>`, that is the text; without it, the prompt is. */
  readonly labels?: string
}

/**
 * The function that tells a row's label, in lower case; undefined where no labels are asked for.
 * @throws UserError for a pattern that is none or takes nothing, a file that cannot be read or lacks a column.
 */
export async function labelsOf({ label, labels }: LabelFlags): Promise<LabelOf | undefined> {
  if (label === undefined && labels === undefined) return undefined
  const pattern = label === undefined ? undefined : patternOf(label)
  const texts = labels === undefined ? undefined : await columnOf(labels)
  return ({ id, prompt }) => {
    const text = texts ? texts.get(id) : prompt
    const found = pattern ? pattern.exec(text ?? '')?.[1] : text
    return found?.trim().toLowerCase() || undefined
  }
}

function patternOf(text: string): RegExp {
  const example = 'write one like "style of ([^,]+)"'
  try {
    const pattern = new RegExp(text, 'i')
    // An alternative that always holds tells how many groups there are.
    if ((new RegExp(`${text}|`).exec('')?.length ?? 0) > 1) return pattern
  } catch (cause) {
    throw new UserError(`--label is "${text}", which is no regular expression; ${example}.`, { cause })
  }
  throw new UserError(`--label is "${text}", which has no group that takes the label; ${example}.`)
}

async function columnOf(given: string): Promise<Map<string, string>> {
  const [, path = '', column = ''] = /^(.+):([^:]+)$/s.exec(given) ?? []
  if (!path) throw new UserError(`--labels is "${given}"; write a CSV file and a column of it, like "meta.csv:artist".`)
  const texts = new Map<string, string>()
  let binding: CsvBinding<'id' | 'label'> | undefined
  try {
    await scanCsv(path, (position) => {
      const { record, source } = position
      if (binding) texts.set(record.text(source, binding.field.id), record.text(source, binding.field.label))
      else binding = bindHeader(position, { id: 'id', label: column }, path)
    })
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR') throw new UserError(`There is no file ${path} for --labels.`, { cause })
    throw new UserError(`--labels: ${message}`, { cause })
  }
  return texts
}
