// Reads hookferry's events from Kafka, in structured and in binary mode, and lets each take effect once.
//
//	KAFKA_BROKERS=127.0.0.1:9092 KAFKA_TOPICS=webhooks.github.push go run .
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/cloudevents/sdk-go/v2/binding/spec"
	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	effects, err := openEffects(or("EFFECTS", "effects.jsonl"))
	if err != nil {
		log.Fatal(err)
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(os.Getenv("KAFKA_BROKERS"), ",")...),
		kgo.ConsumerGroup(or("KAFKA_GROUP", "example-go")),
		kgo.ConsumeTopics(strings.Split(os.Getenv("KAFKA_TOPICS"), ",")...),
		// A group that is new begins with what is there already.
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		// An offset is committed once its event has taken effect, never by a clock.
		kgo.DisableAutoCommit(),
		// So long does a consumer that was killed keep its partitions from the others.
		kgo.SessionTimeout(10*time.Second),
		// While we work on what was polled, its partitions are not given to others.
		kgo.BlockRebalanceOnPoll(),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	for ctx.Err() == nil {
		// Few at a time: whoever blocks a rebalance is to be done within the group's session timeout.
		fetched := client.PollRecords(ctx, 100)
		fetched.EachError(func(topic string, partition int32, err error) {
			if ctx.Err() == nil {
				log.Printf("%s/%d: %v", topic, partition, err)
			}
		})
		fetched.EachRecord(func(record *kgo.Record) {
			if err := handle(effects, record); err != nil {
				// Uncommitted, so the event comes again once we are started again.
				log.Fatal(err)
			}
		})
		// If we end before this, the events come again, and are known.
		if err := client.CommitRecords(ctx, fetched.Records()...); err != nil && ctx.Err() == nil {
			log.Fatal(err)
		}
		client.AllowRebalance()
	}
}

func handle(effects *effects, record *kgo.Record) error {
	read, err := read(record)
	if err != nil {
		// Not hookferry's: nothing that is tried again would make it an event.
		log.Printf("%s@%d is no event: %v", record.Topic, record.Offset, err)
		return nil
	}
	isNew, err := effects.once(read)
	if err == nil && !isNew {
		log.Printf("seen before: %s", read.ID())
	}
	return err
}

// The SDK's own binding for Kafka is for Sarama's messages; this is the same for any client's.
func read(record *kgo.Record) (*event.Event, error) {
	headers := make(map[string]string)
	for _, header := range record.Headers {
		headers[strings.ToLower(header.Key)] = string(header.Value)
	}
	read := event.New()
	if strings.HasPrefix(headers["content-type"], event.ApplicationCloudEventsJSON) {
		if err := json.Unmarshal(record.Value, &read); err != nil {
			return nil, err
		}
		return &read, read.Validate()
	}
	if headers["ce_id"] == "" {
		return nil, errors.New("it has no ce_id")
	}
	version := spec.WithPrefix("ce_").Version(headers["ce_specversion"])
	if version == nil {
		return nil, errors.New("it has no ce_specversion that we know")
	}
	read.Context = version.NewContext()
	for name, value := range headers {
		if !strings.HasPrefix(name, "ce_") || name == "ce_specversion" {
			continue
		}
		if err := version.SetAttribute(read.Context, name, value); err != nil {
			return nil, err
		}
	}
	// The provider's own bytes.
	if err := read.SetData(headers["content-type"], record.Value); err != nil {
		return nil, err
	}
	return &read, read.Validate()
}

func or(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}
