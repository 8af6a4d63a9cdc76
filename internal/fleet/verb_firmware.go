package fleet

import "time"

// firmwareVerbs are about the station's software.
func firmwareVerbs() []VerbKind {
	return []VerbKind{
		verb[UpdateFirmwareRequest]("Have the station update its firmware", `The station fetches the file from the location and installs it; how that goes is a job, GET /jobs. With a signing
certificate and a signature it is the signed update of OCPP 2.x and of the security extension of 1.6. In 1.6 without them the
answer says nothing, and the job bears no number.`,
			`{"location":"https://firmware.example/cp-2.4.bin","retries":3,"retryInterval":60}`),
		verb[PublishFirmwareRequest]("Have a local controller publish a firmware", `The controller fetches the file, checks it against the checksum and offers it to the stations in its network; how that goes,
and where they find it, is a job, GET /jobs.`, `{"location":"https://firmware.example/cp-2.4.bin","checksum":"9e107d9d372bb6826bd81d3542a419d6"}`),
		verb[UnpublishFirmwareRequest]("Have a local controller take a firmware back", `rejected (DownloadOngoing) means that a station is fetching it: ask again later. notFound: it is not published.`,
			`{"checksum":"9e107d9d372bb6826bd81d3542a419d6"}`),
	}
}

// Retrying says how often a station tries to move a file.
type Retrying struct {
	Retries       *int `json:"retries,omitempty" minimum:"0" maximum:"1000" doc:"How often the station tries again when it fails. Left out: as it likes" example:"3"`
	RetryInterval *int `json:"retryInterval,omitempty" minimum:"0" maximum:"2147483647" doc:"Seconds between two tries. Left out: as it likes" example:"60"`
}

// UpdateFirmwareRequest has the station update its firmware.
type UpdateFirmwareRequest struct {
	Location           string     `json:"location" minLength:"1" maxLength:"2000" format:"uri" doc:"URL of the file. OCPP 2.0.1 and signed updates of 1.6 take 512 characters" example:"https://firmware.example/cp-2.4.bin"`
	RetrieveAt         *time.Time `json:"retrieveAt,omitempty" doc:"When the station may fetch it. Left out: now"`
	InstallAt          *time.Time `json:"installAt,omitempty" doc:"When it may install it (OCPP 2.x, and signed updates of 1.6). Left out: when it has it"`
	SigningCertificate string     `json:"signingCertificate,omitempty" minLength:"1" maxLength:"5500" doc:"Certificate of who signed the file, PEM"`
	Signature          string     `json:"signature,omitempty" minLength:"1" maxLength:"800" doc:"Of the file, base64"`
	Retrying
	Numbered
}

// VerbName is the verb's name in the API.
func (*UpdateFirmwareRequest) VerbName() string { return "update-firmware" }

// Check demands a location, and that certificate and signature come together.
func (r *UpdateFirmwareRequest) Check() error {
	switch {
	case r.Location == "":
		return WrongArgument("/location", "say where the file is")
	case r.SigningCertificate != "" && r.Signature == "":
		return WrongArgument("/signature", "a signing certificate needs a signature")
	case r.Signature != "" && r.SigningCertificate == "":
		return WrongArgument("/signingCertificate", "a signature needs the certificate of who signed")
	}
	return nil
}

// Signed reports whether the update is signed.
func (r *UpdateFirmwareRequest) Signed() bool { return r.Signature != "" }

// PublishFirmwareRequest has a local controller publish a firmware.
type PublishFirmwareRequest struct {
	Location string `json:"location" minLength:"1" maxLength:"2000" format:"uri" doc:"URL of the file. OCPP 2.0.1 takes 512 characters" example:"https://firmware.example/cp-2.4.bin"`
	Checksum string `json:"checksum" minLength:"1" maxLength:"32" doc:"MD5 of the file in hexadecimal digits" example:"9e107d9d372bb6826bd81d3542a419d6"`
	Retrying
	Numbered
}

// VerbName is the verb's name in the API.
func (*PublishFirmwareRequest) VerbName() string { return "publish-firmware" }

// Check demands a location and a checksum.
func (r *PublishFirmwareRequest) Check() error {
	if r.Location == "" {
		return WrongArgument("/location", "say where the file is")
	}
	return checkChecksum(r.Checksum)
}

// UnpublishFirmwareRequest has a local controller take a firmware back.
type UnpublishFirmwareRequest struct {
	Checksum string `json:"checksum" minLength:"1" maxLength:"32" doc:"MD5 with which it was published, in hexadecimal digits" example:"9e107d9d372bb6826bd81d3542a419d6"`
}

// VerbName is the verb's name in the API.
func (*UnpublishFirmwareRequest) VerbName() string { return "unpublish-firmware" }

// Check demands a checksum.
func (r *UnpublishFirmwareRequest) Check() error { return checkChecksum(r.Checksum) }

func checkChecksum(sum string) error {
	if sum == "" {
		return WrongArgument("/checksum", "give the MD5 of the file in hexadecimal digits")
	}
	return nil
}
