import { writeFile } from 'node:fs/promises'
import { readExampleOperations } from './collection/example-operations.ts'
import { COLLECTION_FILE, renderCollection } from './collection/render-collection.ts'

// `npm run collection`: examples/operations as HTTP requests, for Postman, Insomnia and Bruno. A test holds the file fresh.
await writeFile(COLLECTION_FILE, renderCollection(readExampleOperations()))
