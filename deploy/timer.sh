#!/bin/sh
# What has to be done again and again, where there is neither cron nor systemd: mails every minute, deletion once a day.
# A command that fails says so in the log, and is tried again at the next turn.
trap 'exit 0' TERM INT
day=
while :; do
  flask send-digests
  flask send-mail
  today=$(date +%F)
  if [ "$today" != "$day" ] && flask purge; then day=$today; fi
  sleep 60 &
  wait $!
done
