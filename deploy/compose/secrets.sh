#!/bin/sh
# Makes what deploy/compose.yaml mounts as secrets, in a folder that git does not see. What is there already stays.
set -eu
folder=$(dirname "$0")/secrets
umask 077
mkdir -p "$folder"
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
if [ ! -e "$folder/github-webhook-secret" ]; then
  random >"$folder/github-webhook-secret"
fi
if [ ! -e "$folder/rabbitmq-user.conf" ]; then
  password=$(random)
  printf 'default_user = hookferry\ndefault_pass = %s\n' "$password" >"$folder/rabbitmq-user.conf"
  printf 'amqp://hookferry:%s@rabbitmq:5672/%%2f' "$password" >"$folder/rabbitmq-url"
fi
# Compose mounts files as they are: whoever runs in a container has to be able to read them.
chmod 755 "$folder"
chmod 444 "$folder"/*
echo "GitHub's secret is in $folder/github-webhook-secret"
