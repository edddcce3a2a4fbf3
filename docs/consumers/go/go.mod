module github.com/hookferry/hookferry/docs/consumers/go

go 1.19

require (
	github.com/cloudevents/sdk-go/v2 v2.15.2
	github.com/twmb/franz-go v1.16.1
)

require (
	github.com/json-iterator/go v1.1.10 // indirect
	github.com/klauspost/compress v1.17.4 // indirect
	github.com/modern-go/concurrent v0.0.0-20180228061459-e0a39a4cb421 // indirect
	github.com/modern-go/reflect2 v0.0.0-20180701023420-4b7aa43c6742 // indirect
	github.com/pierrec/lz4/v4 v4.1.19 // indirect
	github.com/twmb/franz-go/pkg/kmsg v1.7.0 // indirect
)
