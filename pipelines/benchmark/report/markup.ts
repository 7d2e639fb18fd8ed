/** Text that is markup already. */
export interface Markup {
  readonly markup: string
}

type Value = Markup | string | number | null | undefined | false | readonly Value[]

/** Markup from a template; every value that isn't markup itself is escaped, lists are joined, nothing is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const text = parts.reduce((all, part, index) => all + part + (index < values.length ? textOf(values[index]) : ''), '')
  return { markup: text }
}

/** Text for element content and for quoted attributes. */
export function escaped(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (character) => names[character] as string)
}

function textOf(value: Value): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'object') return 'markup' in value ? value.markup : value.map(textOf).join('')
  return escaped(String(value))
}
