// Four tiny files in place of MNIST's, and servers on this machine in place of the mirrors.

import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { valueOf } from '@gradwerk/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ChecksumError, DatasetUnavailableError } from './errors.ts'
import type { DataFile } from './files/data-file.ts'
import { DownloadError, type DownloadProgress } from './files/download.ts'
import { writeAtomically } from './files/write-atomically.ts'
import { writeIdx } from './idx.ts'
import { type ImageDatasetsOptions, type ImageFiles, imageDatasets } from './image-datasets.ts'

const contents = new Map<string, Uint8Array>()

function file(name: string, content: Uint8Array): DataFile {
  contents.set(name, content)
  return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}

const files: ImageFiles = {
  trainImages: file('train-images', writeIdx(valueOf('uint8', [3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))),
  trainLabels: file('train-labels', writeIdx(valueOf('uint8', [3], [9, 0, 4]))),
  testImages: file('test-images', writeIdx(valueOf('uint8', [1, 2, 2], [13, 14, 15, 16]))),
  testLabels: file('test-labels', writeIdx(valueOf('uint8', [1], [7]))),
}
const names = [...contents.keys()].sort()

let folder = ''
const servers: Server[] = []

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'gradwerk-datasets-')), 'data')
})

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  await rm(join(folder, '..'), { recursive: true, force: true })
})

/** A mirror's address and the paths it was asked for. */
async function mirror(answer: (content: Uint8Array, response: ServerResponse, request: IncomingMessage) => void) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    answer(contents.get(path.slice(1).replace(/\.gz$/, '')) ?? new Uint8Array(0), response, request)
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, asked, server }
}

const honest = (content: Uint8Array, response: ServerResponse): void => {
  response.end(gzipSync(content))
}

function load(options: ImageDatasetsOptions) {
  return imageDatasets('tiny', files, [], { folder, timeout: 5, ...options })
}

/** What a call that must fail throws. */
async function failure(options: ImageDatasetsOptions): Promise<DatasetUnavailableError> {
  const error: unknown = await load(options).then(
    () => 'no error',
    (thrown: unknown) => thrown,
  )
  if (error instanceof DatasetUnavailableError) return error
  throw error
}

const stored = (): Promise<string[]> =>
  readdir(folder).then(
    (found) => found.sort(),
    () => [],
  )

test('what a mirror gives is read, reported and kept for the next time', async () => {
  const { url, asked } = await mirror(honest)
  const progress: DownloadProgress[] = []
  const { train, test } = await load({ mirrors: [url], onProgress: (step) => progress.push(step) })
  expect(train.inputs).toEqual(valueOf('uint8', [3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))
  expect(test.targets).toEqual(valueOf('uint8', [1], [7]))
  expect(train).toMatchObject({ name: 'tiny', real: true, classes: 10, inputScale: 1 / 255 })
  expect(await stored()).toEqual(names.map((name) => `${name}.gz`))
  expect(new Set(progress.map((step) => step.file))).toEqual(new Set(names))
  expect(progress.at(-1)).toMatchObject({
    url: `${url}/test-images.gz`,
    received: gzipSync(contents.get('test-images') ?? '').length,
  })
  const again = await load({ mirrors: [url] })
  expect(again).toEqual({ train, test })
  expect(asked.length).toBe(4)
})

test('decompressed files, and a server that decompresses on the way, do as well', async () => {
  const { url } = await mirror((content, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync(content))
  })
  await load({ mirrors: [url] })
  expect(await stored()).toEqual(names)
  expect((await load({ download: false })).train.indices.length).toBe(3)
})

test('a mirror that answers 404 is passed over', async () => {
  const empty = await mirror((_, response) => {
    response.statusCode = 404
    response.end('no such file')
  })
  const { url, asked } = await mirror(honest)
  await load({ mirrors: [empty.url, `${url}/`] })
  expect(empty.asked.length).toBe(4)
  expect(asked.length).toBe(4)
})

test('a wrong file from a mirror is not kept', async () => {
  const { url } = await mirror((_, response) => response.end('<html>Please log in</html>'))
  const error = await failure({ mirrors: [url] })
  expect(error.attempts).toMatchObject([{ url: `${url}/train-labels.gz` }])
  const reason = error.attempts[0]?.error
  expect(reason).toBeInstanceOf(ChecksumError)
  expect(reason?.message).toMatch(
    /train-labels\.gz: this is not the file train-labels; expected SHA-256 [0-9a-f]{64} \(11 bytes\); got [0-9a-f]{64} \(26 bytes\)/,
  )
  expect(await stored()).toEqual([])
})

test.each([
  [
    'a cut connection',
    /download failed/,
    (content: Uint8Array, response: ServerResponse) => {
      const whole = gzipSync(content)
      response.setHeader('content-length', whole.length)
      response.write(whole.subarray(0, 10), () => response.destroy())
    },
  ],
  [
    'a silent server',
    /no data for 0.2 s/,
    (content: Uint8Array, response: ServerResponse) => {
      response.write(gzipSync(content).subarray(0, 10))
    },
  ],
  [
    'an endless file',
    /the file is too long; expected at most \d+ bytes/,
    (_: Uint8Array, response: ServerResponse) => {
      response.end(new Uint8Array(100_000))
    },
  ],
  [
    'a status of 500',
    /expected status 200; got status 500/,
    (_: Uint8Array, response: ServerResponse) => {
      response.statusCode = 500
      response.end()
    },
  ],
])('%s leaves nothing behind', async (_, message, answer) => {
  const { url } = await mirror(answer)
  const error = await failure({ mirrors: [url], timeout: 0.2 })
  expect(error.attempts[0]?.error).toBeInstanceOf(DownloadError)
  expect(error.attempts[0]?.error.message).toMatch(message)
  expect(await stored()).toEqual([])
})

test('without a network the error is one plain sentence', async () => {
  const { url, server } = await mirror(honest)
  await new Promise((done) => server.close(done))
  servers.pop()
  const error = await failure({ mirrors: [url] })
  expect(error.message).toBe(
    `tiny: train-labels is not in ${folder}, and no mirror gave it; try putting the files (.gz or not) into a folder and naming it in GRADWERK_DATA`,
  )
  expect(error.attempts[0]?.error.message).toContain('ECONNREFUSED')
  expect((await failure({ mirrors: [url], download: false })).message).toContain('downloading is switched off')
})

test('a wrong file in the folder is an error, not a reason to download', async () => {
  const { url, asked } = await mirror(honest)
  await load({ mirrors: [url] })
  const path = join(folder, 'train-images.gz')
  const bytes = await readFile(path)
  for (const wrong of [
    gzipSync(new Uint8Array(28)),
    gzipSync(new Uint8Array(500)),
    bytes.subarray(0, -9),
    new Uint8Array(0),
  ]) {
    await writeFile(path, wrong)
    await expect(load({ mirrors: [url] })).rejects.toThrow(ChecksumError)
    await expect(load({ mirrors: [url] })).rejects.toThrow(`${path}: this is not the file train-images; expected`)
  }
  expect(asked.length).toBe(4)
})

test('two that download at once do not disturb each other', async () => {
  const { url } = await mirror(honest)
  const [one, other] = await Promise.all([load({ mirrors: [url] }), load({ mirrors: [url] })])
  expect(one).toEqual(other)
  expect(await stored()).toEqual(names.map((name) => `${name}.gz`))
})

test('an aborted download ends with the reason given', async () => {
  const stop = new AbortController()
  const { url, asked } = await mirror(() => stop.abort(new Error('enough')))
  await expect(load({ mirrors: [url, url], signal: stop.signal })).rejects.toThrow('enough')
  expect(asked.length).toBe(1)
})

test('a file that cannot be renamed into place leaves no temporary one', async () => {
  await mkdir(join(folder, 'taken', 'by a folder'), { recursive: true })
  await expect(writeAtomically(join(folder, 'taken'), Uint8Array.of(1))).rejects.toThrow()
  expect(await stored()).toEqual(['taken'])
})

test('a folder that cannot be written to is named', async () => {
  const { url } = await mirror(honest)
  await mkdir(join(folder, '..'), { recursive: true })
  await writeFile(folder, 'a file where the folder should be')
  const error = await failure({ mirrors: [url] })
  expect(error.message).toMatch(/^tiny: the downloaded file cannot be stored \(.*\); try naming a folder/)
})

test('options are checked', async () => {
  await expect(load({ timeout: 0 })).rejects.toThrow("tiny: option 'timeout' is not valid")
  await expect(load({ mirrors: ['not an address'] })).rejects.toThrow("tiny: option 'mirrors.0' is not valid")
})
