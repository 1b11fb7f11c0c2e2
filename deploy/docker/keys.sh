#!/usr/bin/env bash
# See keys.Dockerfile.
set -euo pipefail
umask 077
for role in policy artifact; do
	key=/$role-key/$role.pem
	if [ ! -e "$key" ]; then
		openssl genpkey -algorithm ed25519 -out "$key.draft"
		openssl pkey -in "$key.draft" -pubout -out "$key.pub"
		mv "$key.draft" "$key"
	fi
	chown -R nobody: "/$role-key"
	install -m 644 "$key.pub" "/trust/$role.pem.pub"
done
