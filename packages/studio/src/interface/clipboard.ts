import { notify, notifyFailure } from './notice.tsx'

/** Copies a text and says so. */
export async function copyText(text: string, what = 'Prompt'): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    notify({ text: `${what} copied.` })
  } catch {
    notifyFailure(new Error('The browser does not let the page copy; select the text instead.'))
  }
}
