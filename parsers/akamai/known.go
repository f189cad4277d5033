package akamai

import "strings"

// harmless are behaviors that have no part in where a request goes and how: they cache, report, shape traffic, or change what is images,
// media or pages. What they do to answers of the service that SignalR clients look at is nothing (descriptions in rule format v2025-10-16).
var harmless = setOf(`
	adScalerCircuitBreaker adaptiveAcceleration aggregatedReporting akamaizer akamaizerTag allHttpInCacheHierarchy
	allowCachingOnCommercialNetwork allowCloudletsOrigins allowHTTPSCacheKeySharing allowTransferEncoding altSvcHeader autoDomainValidation
	bossBeaconing breadcrumbs brotli cacheError cacheId cacheKeyIgnoreCase cacheKeyQueryParams cacheKeyRewrite cacheRedirect cacheTag
	cacheTagVisible centralAuthorization chaseRedirects clientCertificateAuth clientCharacteristics cloudInterconnects cloudWrapper
	commonMediaClientData contentCharacteristics contentCharacteristicsAMD contentCharacteristicsDD contentCharacteristicsWsdLargeFile
	contentCharacteristicsWsdLive contentCharacteristicsWsdVod contentPrePosition cpCode deliveryReceipt deviceCharacteristicCacheId
	deviceCharacteristicHeader dnsAsyncRefresh dnsPrefresh downloadCompleteMarker downloadNotification downstreamCache
	dynamicThroughtputOptimization dynamicThroughtputOptimizationOverride dynamicWebContent earlyData earlyHints edgeConnect
	edgeOriginAuthorization edgeScape edgeSideIncludes enhancedAkamaiProtocol enhancedDebug epdForwardHeaderEnrichment failAction
	failoverBotManagerFeatureCompatibility fastInvalidate fips firstPartyMarketing firstPartyMarketingPlus g2oheader globalRequestNumber
	govCloud healthDetection http2 http3 imOverride imageAndVideoManager imageManager imageManagerVideo instant
	instantConfig largeFileOptimization limitBitRate localhostLoopbackProtection mPulse manifestPersonalization manifestRerouting manualServerPush
	mediaAcceleration mediaAccelerationQuicOptout mediaClient mediaFileRetrievalOptimization mediaOriginFailover metadataCaching
	mobileSdkPerformance modifyViaHeader mtlsOriginKeystore netSession originCharacteristicsWsd originFailureRecoveryMethod
	originFailureRecoveryPolicy originIpAcl permissionsPolicy persistentClientConnection persistentConnection
	personallyIdentifiableInformation pqcClientToEdge pqcOrigin preconnect predictiveContentDelivery predictivePrefetching prefetch
	prefetchable prefreshCache quality quicBeta randomSeek rapid realTimeReporting realUserMonitoring removeVary requestClientHints
	requestTypeMarker resourceOptimizer resourceOptimizerExtendedCompatibility responseCookie restrictObjectCaching returnCacheStatus
	rumCustom saasDefinitions savePostDcaProcessing scheduleInvalidation scriptManagement segmentedContentProtection
	segmentedMediaOptimization segmentedMediaStreamingPrefetch siteShield standardTLSMigration standardTLSMigrationOverride
	strictHeaderParsing subCustomer sureRoute tcpOptimization teaLeaf tieredDistribution tieredDistributionCustomization
	validateEntityTag videoManagerCloudinary watermarking webApplicationFirewall webdav`)

func setOf(names string) map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		out[name] = true
	}
	return out
}

// elsewhere are behaviors whose doing is not in the property, and why.
var elsewhere = map[string]string{ //nolint:gosec // no credentials: names of behaviors that ask for some
	"advanced":                          "what the XML of an advanced behavior does cannot be told by reading",
	"customBehavior":                    "what a custom behavior does is not in the property",
	"edgeWorker":                        "what the script of an EdgeWorker does is not in the property",
	"apiPrioritization":                 inPolicy("API Prioritization"),
	"applicationLoadBalancer":           inPolicy("Application Load Balancer"),
	"audienceSegmentation":              inPolicy("Audience Segmentation"),
	"conditionalOrigin":                 "which origin a conditional origin stands for is not in the property",
	"edgeRedirector":                    inPolicy("Edge Redirector"),
	"forwardRewrite":                    inPolicy("Forward Rewrite"),
	"phasedRelease":                     inPolicy("Phased Release"),
	"requestControl":                    inPolicy("Request Control"),
	"virtualWaitingRoom":                inPolicy("Virtual Waiting Room"),
	"visitorPrioritization":             inPolicy("Visitor Prioritization"),
	"visitorPrioritizationFifo":         inPolicy("Visitor Prioritization"),
	"verifyJsonWebToken":                "a request is refused whose token is not signed with the keys of verifyJsonWebToken, which are not in the property; the service's tokens are signed with its own",
	"verifyTokenAuthorization":          "a request is refused that has no token of Akamai's; clients of SignalR send none unless the app adds it",
	"enforceMtlsSettings":               "a request may be refused that comes without a client certificate",
	"enhancedProxyDetection":            "clients may be refused for the network that they come from",
	"refererChecking":                   "a request may be refused for its Referer header, which depends on the page that it comes from",
	"simulateErrorCode":                 "an error is simulated in the place of the origin's answer",
	"contentTargetingProtection":        "clients may be refused for where they are",
	"edgeLoadBalancingAdvanced":         "what the XML of edgeLoadBalancingAdvanced does cannot be told by reading",
	"virtualWaitingRoomWithEdgeWorkers": inPolicy("Virtual Waiting Room"),
}

func inPolicy(cloudlet string) string {
	return "what the Cloudlet " + cloudlet + " does stands in its policy, which is not in the property"
}
