package v21

import "github.com/chargeyard/chargeyard/internal/fleet"

// Learn returns what the answer to a request tells about the station, nil when nothing. It sees each request that a
// station answered, whoever sent it and why. Each topic has a file of its own, learn_….go, and looks at the types of the
// request and the response; topics are in the order of the alphabet.
func Learn(station string, req, resp any) (learned []fleet.Event) {
	for _, topic := range [...]func(station string, req, resp any) []fleet.Event{
		learnCertificates,
		learnDER,
		learnEnergy,
		learnJobs,
		learnLocalList,
		learnMessages,
		learnMonitoring,
		learnNetwork,
		learnOperations,
		learnProfiles,
		learnRemote,
		learnReservations,
		learnStreams,
		learnTariffs,
		learnVariables,
	} {
		learned = append(learned, topic(station, req, resp)...)
	}
	return learned
}
