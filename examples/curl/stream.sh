#!/bin/sh
curl -sS -N --fail-with-body "${VMX_BASE_URL:-http://127.0.0.1:3000/v1}/chat/completions" \
  -H "authorization: Bearer $VMX_API_KEY" \
  -H 'content-type: application/json' \
  -d "{\"model\":\"${VMX_RESOURCE:-demo}\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}"
