import { join } from 'node:path'
import type { NextConfig } from 'next'

const config: NextConfig = {
  // The contract's sources are compiled with the console, so the root is that of the repository.
  turbopack: { root: join(import.meta.dirname, '../..') },
  outputFileTracingRoot: join(import.meta.dirname, '../..'),
  // The server passes requests on to the API itself and is behind an ingress that compresses, if at all.
  compress: true,
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  images: { unoptimized: true },
}

export default config
