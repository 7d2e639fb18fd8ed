import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Environment } from '../environment.ts'
import { DownloadError } from './download-error.ts'

/** What is sent to Kaggle, and where it was found. */
export interface KaggleCredentials {
  /** Value of the Authorization header. */
  readonly authorization: string
  /** Where they come from, for messages. */
  readonly from: string
}

const keyFile = z.object({ username: z.string().min(1), key: z.string().min(1) })

/**
 * Finds Kaggle's credentials in the order of its own client: `KAGGLE_API_TOKEN` (a token or the path of a file that
 * holds one), `~/.kaggle/access_token` or `access_token.txt`, `KAGGLE_USERNAME` with `KAGGLE_KEY`, and `kaggle.json`
 * in `KAGGLE_CONFIG_DIR` or `~/.kaggle`. A token is sent as Bearer, a name with its key as Basic.
 * @returns undefined when there are none: public sets can mostly be had without.
 * @throws DownloadError when `kaggle.json` is there but isn't what it should be.
 */
export async function kaggleCredentials(environment: Environment): Promise<KaggleCredentials | undefined> {
  const home = environment.HOME ?? environment.USERPROFILE
  const folder = home === undefined ? undefined : join(home, '.kaggle')
  const token = environment.KAGGLE_API_TOKEN?.trim()
  if (token) return bearer((await textOf(token)) ?? token, 'KAGGLE_API_TOKEN')
  for (const name of folder ? ['access_token', 'access_token.txt'] : []) {
    const path = join(folder as string, name)
    const found = await textOf(path)
    if (found) return bearer(found, path)
  }
  const { KAGGLE_USERNAME: username, KAGGLE_KEY: key } = environment
  if (username && key) return basic({ username, key }, 'KAGGLE_USERNAME and KAGGLE_KEY')
  const directory = environment.KAGGLE_CONFIG_DIR || folder
  return directory === undefined ? undefined : fromKeyFile(join(directory, 'kaggle.json'))
}

async function fromKeyFile(path: string): Promise<KaggleCredentials | undefined> {
  const text = await textOf(path)
  if (text === undefined) return undefined
  try {
    return basic(keyFile.parse(JSON.parse(text)), path)
  } catch (cause) {
    const message = `${path} should hold {"username": "…", "key": "…"}; get it anew from your Kaggle account's settings.`
    throw new DownloadError('forbidden', message, { cause })
  }
}

function bearer(token: string, from: string): KaggleCredentials {
  return { authorization: `Bearer ${token}`, from }
}

function basic({ username, key }: { username: string; key: string }, from: string): KaggleCredentials {
  return { authorization: `Basic ${Buffer.from(`${username}:${key}`).toString('base64')}`, from }
}

/** A file's text without surrounding blanks; undefined when there is no such file, or nothing in it. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined
  } catch {
    return undefined
  }
}
