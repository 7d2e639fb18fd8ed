// @vitest-environment happy-dom
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openPage, type PageDouble, press, typeInto } from '../page.double.ts'

let page: PageDouble

beforeAll(async () => {
  page = await openPage({ rows: 350 })
})
afterAll(() => page[Symbol.asyncDispose]())
beforeEach(() => page.visit('/'))

const tiles = () => document.querySelectorAll('.tile')
/** Goes to a question and waits for its own answer: the wall of the last one may still be there. */
const visitAnswered = async (query: string) => {
  await page.visit(`/?${query}`)
  await page.find(`.tile-link[href$="?${query}"]`)
}
const lastAsked = () => page.server.asked.at(-1)
const submit = async (text: string) => {
  typeInto(await page.find<HTMLInputElement>('#words'), text)
  const form = (await page.find<HTMLElement>('.search-bar form')) as HTMLFormElement
  form.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
}

describe('the front page', () => {
  it('says what there is, shows the collection, and gives examples that are links', async () => {
    await page.find('.front', '350 prompts')
    await page.until(() => tiles().length > 10)
    const example = await page.find<HTMLAnchorElement>('.examples a')
    expect(new URL(example.href).searchParams.get('q')).toBeTruthy()
  })
})

describe('asking', () => {
  it('shows what is like the words, and puts the question into the address', async () => {
    await submit('a lighthouse by night')
    await page.find('.answer-line', '100+ pictures, nearest first, 2 near-duplicates folded.')
    await page.find('.tile-link[href$="?q=a+lighthouse+by+night"]')
    expect(location.search).toBe('?q=a+lighthouse+by+night')
    expect(lastAsked()).toMatchObject({ find: 'pictures', k: 100, page: 1, terms: [{ text: 'a lighthouse by night' }] })
  })

  it('asks while one types, without an entry of the history a letter', async () => {
    await page.visit('/?q=old')
    const before = history.length
    const field = await page.find<HTMLInputElement>('#words')
    typeInto(field, 'a fo')
    await page.until(() => location.search === '?q=a+fo')
    typeInto(field, 'a fox')
    await page.until(() => location.search === '?q=a+fox')
    expect(history.length).toBe(before + 1)
  })

  it('leaves who has gone elsewhere in the pause after a letter where they are', async () => {
    await visitAnswered('q=a+fox')
    typeInto(await page.find<HTMLInputElement>('#words'), 'a fox in snow')
    await page.visit('/row/row-00003?q=a+fox')
    // Timers come in their order, however late: the pause that began before is over by then.
    await new Promise((resolve) => setTimeout(resolve, 301))
    expect(location.pathname).toBe('/row/row-00003')
  })

  it('makes chips of terms with a sign and of phrases, which can be turned and removed', async () => {
    await submit('a harbour -fog +"warm light" "by night"')
    await page.find('.part[data-minus]', 'fog')
    expect(new URLSearchParams(location.search).getAll('minus')).toEqual(['fog'])
    await page.until(() => lastAsked()?.phrases[0] === 'by night')
    ;(await page.find('.part-sign', 'Less of fog')).click()
    await page.until(() => location.search.includes('plus=fog'))
    ;(await page.find('.part-remove', 'Remove fog')).click()
    await page.until(() => !location.search.includes('fog'))
    const field = await page.find<HTMLInputElement>('#words')
    typeInto(field, '')
    press(field, 'Backspace')
    await page.until(() => !location.search.includes('phrase'))
  })

  it('switches from pictures to prompts', async () => {
    await submit('an old clock')
    ;(await page.find<HTMLInputElement>('input[name=find][value=prompts]')).click()
    await page.until(() => document.querySelectorAll('.card').length > 4)
    expect(location.search).toContain('find=prompts')
    expect(lastAsked()?.find).toBe('prompts')
  })

  it('filters by shape, and by the sources of what was found', async () => {
    await page.visit('/?q=a+fox')
    ;(await page.find('.filters .chip', 'Tall')).click()
    await page.until(() => lastAsked()?.filters.orientation === 'portrait')
    ;(await page.find('.filters .chip', 'Source')).click()
    ;(await page.find('.choice', 'example.org')).querySelector('input')?.click()
    await page.until(() => lastAsked()?.filters.sources?.[0] === 'example.org')
    ;(await page.find('.filters .quiet', 'Clear')).click()
    await page.until(() => location.search === '?q=a+fox')
  })

  it('goes back to an answer without asking again', async () => {
    await visitAnswered('q=kept')
    await visitAnswered('q=other')
    const asked = () => page.server.asked.filter(({ terms }) => JSON.stringify(terms).includes('kept')).length
    const before = asked()
    await visitAnswered('q=kept')
    expect(asked()).toBe(before)
  })
})

describe('an answer', () => {
  it('shows prompts as text, never as markup', async () => {
    await visitAnswered('q=a+robot')
    await page.find('.tile-prompt', '<b>detailed</b>')
    expect(document.querySelector('.wall b')).toBeNull()
  })

  it('labels what stands in for a painting model, and what the model stands in for', async () => {
    await visitAnswered('q=a+robot')
    await page.find('.answer-line .stand-in', 'CLIP')
    expect((await page.find('.tile-stand-in')).title).toContain('stand-in for Stable Diffusion')
    expect(document.querySelectorAll('.tile-stand-in').length).toBeLessThan(tiles().length)
  })

  it('says how many near-duplicates are folded into a hit', async () => {
    await visitAnswered('q=a+robot')
    expect((await page.find('.tile-copies')).textContent).toBe('+2 near-duplicates')
  })

  it('draws no more than what is near the window', async () => {
    await visitAnswered('q=a+robot')
    await page.until(() => tiles().length > 10)
    expect(tiles().length).toBeLessThan(60)
  })

  it('is walked through by the arrow keys, one tile alone reached by Tab', async () => {
    await visitAnswered('q=a+walk')
    const first = await page.find('[data-position="0"]')
    first.focus()
    press(first, 'ArrowRight')
    await page.until(() => document.activeElement?.getAttribute('data-position') === '1')
    expect(document.querySelectorAll('.wall a[tabindex="0"]').length).toBe(1)
  })

  it('is honest where nothing is similar enough, and shows the nearest when asked to', async () => {
    await page.visit('/?q=nothing+like+it')
    await page.find('.empty', 'Nothing similar enough')
    expect(document.querySelector('.closest')?.textContent).toContain('1.2 σ, the cut-off is 2.5 σ')
    expect(document.querySelector('.empty')?.textContent).toContain('5.0 % of unrelated questions')
    ;(await page.find('.empty button', 'Show the nearest anyway')).click()
    await page.until(() => tiles().length > 10)
    expect(lastAsked()?.cutoff).toBe(false)
  })

  it('offers to remove the filters where no row meets them', async () => {
    await page.visit('/?q=a+fox&source=nowhere')
    const way = await page.find<HTMLAnchorElement>('.empty a', 'Remove the filters')
    expect(new URL(way.href).search).toBe('?q=a+fox')
  })

  it('tells a failure in the server’s words, and tries again', async () => {
    await page.visit('/?q=broken')
    await page.find('.empty', 'The collection is being loaded.')
    expect(document.querySelector('.answer-line')?.textContent).not.toContain('Searching')
    const asked = page.server.asked.length
    ;(await page.find('.empty button', 'Try again')).click()
    await page.until(() => page.server.asked.length > asked)
  })
})

describe('the key /', () => {
  it('leads to the search field', async () => {
    await visitAnswered('q=a+fox')
    press(document.body, '/')
    await page.until(() => document.activeElement?.id === 'words')
  })
})

describe('a picture', () => {
  it('that is dropped is sent with the question, and named by its content in the address', async () => {
    const picture = new File([new Uint8Array([1, 2, 3])], 'a.png', { type: 'image/png' })
    const drop = new Event('drop', { bubbles: true, cancelable: true })
    Object.assign(drop, { dataTransfer: { files: [picture], types: ['Files'], getData: () => '' } })
    document.body.dispatchEvent(drop)
    await page.until(() => location.search === '?drop=039058c6f2c0cb49')
    await page.until(() => page.server.uploads.at(-1)?.[0] === '039058c6f2c0cb49')
    expect(lastAsked()?.terms).toEqual([{ upload: '039058c6f2c0cb49', weight: 1 }])
    await page.find('.part-picture')
  })

  it('of another browser is asked for again', async () => {
    await page.visit('/?drop=ffffffffffffffff')
    await page.find('.empty', 'dropped in another browser')
  })

  it('that is none is refused in words, and the question stays', async () => {
    const drop = new Event('drop', { bubbles: true, cancelable: true })
    const text = new File(['x'], 'a.txt', { type: 'text/plain' })
    Object.assign(drop, { dataTransfer: { files: [text], types: ['Files'], getData: () => '' } })
    document.body.dispatchEvent(drop)
    expect(drop.defaultPrevented).toBe(true)
    await page.find('.notice', 'That is not a picture')
    expect(location.search).toBe('')
  })
})
